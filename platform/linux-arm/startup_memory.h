// Gives back what only starting needed: some fifty libraries relocate, test and register themselves, and the pages of
// program text that this touched would count as ours for ever. They stay in the kernel's cache and come back when used.
#pragma once

namespace tillkeeper {

// Free heap goes back to the kernel, and program text and constants are unmapped until they are used again. Some
// milliseconds; other threads run on meanwhile. Any thread.
void release_startup_memory();

}  // namespace tillkeeper
