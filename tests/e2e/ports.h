// TCP ports for servers that must be told theirs.
#pragma once

namespace tillkeeper::lab {

// A port on which nobody listens on loopback, and which neither the kernel gives to somebody's outgoing connection nor
// this function to another process while this one lives, so that a server that is killed finds it free again.
[[nodiscard]] int free_port();

// Whether somebody accepts connections there.
[[nodiscard]] bool listening(int port);

}  // namespace tillkeeper::lab
