// What a source's answer says: records, deletions, where to go on. Pure.
//
// The records stay where they lie in the body; row_of() takes one at a time out of it, so that a large page is worked
// through in slices.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http.h"
#include "storage/mirrors.h"
#include "sync/jq_program.h"
#include "sync/source.h"

namespace tillkeeper::sync {

struct Page {
    struct Piece {
        std::string_view text;  // JSON: a record; of a deletion its key, or an object with the key
        bool deleted = false;
    };
    std::unique_ptr<std::string> text;  // what the pieces point into
    std::vector<Piece> pieces;          // in their order: the last one of a key counts
    std::string next;                   // "": the last page
    std::string cursor;                 // "": not said
    bool forgotten = false;             // GraphQL: an error whose extensions.code is CURSOR_EXPIRED or GONE
};

// Of an answer with status 200. kInvalid: it cannot be understood, and nothing of it may count; says why without
// repeating any of it. `program`: of SourceConfig::answer, or null.
[[nodiscard]] Result<Page> read_page(HttpResponse response, const SourceConfig& config, JqProgram* program);

// A record as the mirror keeps it. kInvalid, kLimit: it cannot be kept; says why without repeating it.
[[nodiscard]] Result<storage::MirrorRow> row_of(const Page::Piece& piece, const SourceConfig& config);

}  // namespace tillkeeper::sync
