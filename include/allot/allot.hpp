// allot: a heap over memory that you give it. Everything freestanding; the adapters are headers of their own.
//
//     constinit allot::heap heap;
//     if (heap.add_region(memory, bytes) != allot::region_status::ok) return;
//     void* payload = heap.allocate(100);
//     heap.deallocate(payload);
#pragma once

#include <allot/diagnostics/explain.hpp>
#include <allot/diagnostics/explain_failure.hpp>
#include <allot/diagnostics/heap_map.hpp>
#include <allot/diagnostics/stats.hpp>
#include <allot/diagnostics/verify.hpp>
#include <allot/diagnostics/walk.hpp>
#include <allot/heap.hpp>
#include <allot/locked_heap.hpp>
#include <allot/policy/biased_lock.hpp>
#include <allot/policy/core_local.hpp>
#include <allot/policy/corruption.hpp>
#include <allot/policy/heap_concept.hpp>
#include <allot/policy/irq_safe.hpp>
#include <allot/policy/lock.hpp>
#include <allot/policy/source.hpp>
#include <allot/policy/spin_lock.hpp>
#include <allot/policy/ticket_lock.hpp>
#include <allot/traits.hpp>
