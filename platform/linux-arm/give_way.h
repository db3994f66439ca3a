// Threads whose work may wait.
#pragma once

namespace tillkeeper {

// From now on the calling thread gets the processor after those of usual priority. It is not starved: where nothing is
// idle it keeps about a tenth of what another one gets.
void give_way();

}  // namespace tillkeeper
