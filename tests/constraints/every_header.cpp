// Every header at once, for tools that read the library through a compiler.
#include <allot/adapters/allocator.hpp>
#include <allot/adapters/hosted.hpp>
#include <allot/adapters/malloc.hpp>
#include <allot/adapters/memory_resource.hpp>
#include <allot/adapters/new_delete.hpp>
#include <allot/adapters/page_source.hpp>
#include <allot/allot.hpp>
