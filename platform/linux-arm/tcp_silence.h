// What the kernel knows of a TCP connection, without a byte sent for it.
#pragma once

namespace tillkeeper {

// What this end has sent was repeated (twice; a connect request once) and nothing of it was confirmed: the network
// swallows it. A service that takes its time has confirmed what it got, and is not meant. False for anything but TCP.
[[nodiscard]] bool sends_in_vain(int socket);

// Of this end; 0 when it has none.
[[nodiscard]] int port_of(int socket);

}  // namespace tillkeeper
