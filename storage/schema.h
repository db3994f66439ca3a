// The form of the file: numbered migrations, and who may open what.
//
// `PRAGMA user_version` says which migrations the file has seen; `meta.compatible_version` says how old a program may
// be to work with it all the same. A migration that an older program can live with leaves the latter alone. [storage-9]
#pragma once

#include "storage/sqlite.h"

namespace tillkeeper::storage {

inline constexpr int kPageBytes = 2048;  // measured, see README.md

// Of the file; 0: it is new. kTooNew: a newer program wrote it and says that we must not. kCorrupt: the file belongs to
// another program.
[[nodiscard]] Result<int> version_of(Connection& connection);
// Brings the file to our version, one transaction per migration. Fails as version_of().
[[nodiscard]] Result<void> migrate(Connection& connection);
// The same question for somebody who only reads. kUnavailable: the writer has not migrated it yet.
[[nodiscard]] Result<void> check_readable(Connection& connection);

// One value of `meta`; "" where it is absent.
[[nodiscard]] Result<std::string> meta_text(Connection& connection, std::string_view key);
[[nodiscard]] Result<void> set_meta(Connection& connection, std::string_view key, std::string_view value);

}  // namespace tillkeeper::storage
