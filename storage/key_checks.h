// Which keys the bodies of a file need: `meta.key_check` lists what recognises them, the one that seals first.
// [storage-10]
//
//   ""              no key
//   "c2"            all is sealed with one key, or was sealed since it came
//   "c2,c1,plain"   the key changed (or came): what lies under c1, and what lies plain, is being sealed anew
// While more than one stands there, a program that knows only one key refuses the file.
// Thread: the connection's.
#pragma once

#include "storage/body_codec.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

inline constexpr std::string_view kPlainCheck = "plain";

// kCorrupt when bodies were sealed with a key that is not among these, or when there is none. `remember`: the current
// key seals from now on.
[[nodiscard]] Result<void> check_keys(Connection& connection, const BodyKeys& keys, bool remember);
// The list; empty for no key.
[[nodiscard]] Result<std::vector<std::string>> key_checks(Connection& connection);
[[nodiscard]] Result<void> set_key_checks(Connection& connection, const std::vector<std::string>& checks);

}  // namespace tillkeeper::storage
