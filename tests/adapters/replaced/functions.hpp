// The heap behind malloc, as the test program sees it.
#pragma once

bool came_from_the_heap(const void* payload);
bool global_heap_is_sound();
