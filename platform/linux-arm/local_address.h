// Which hosts are this very machine, by their spelling alone: nothing is looked up.
#pragma once

#include <arpa/inet.h>

#include <string>

namespace tillkeeper {

// "localhost", an IPv4 address in 127.0.0.0/8 or the IPv6 address ::1, with or without brackets.
[[nodiscard]] inline bool is_this_machine(std::string host) {
    if (host == "localhost") return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    in_addr four{};
    in6_addr six{};
    if (inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24U == 127;
    return inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

}  // namespace tillkeeper
