// Gives back what is not needed just now. Some fifty libraries relocate, test and register themselves at the start, and
// a busy minute runs code that a quiet night does not: the pages of program text that this touched would count as ours
// for ever. They stay in the kernel's cache and come back when used.
#pragma once

namespace tillkeeper {

// Free heap goes back to the kernel, and program text and constants are unmapped until they are used again. Some
// milliseconds; other threads run on meanwhile. Any thread.
void give_back_spare_memory();

}  // namespace tillkeeper
