// What leaves for a source: the request of a page, the request of a live question. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/http.h"
#include "sync/source.h"

namespace tillkeeper::sync {

// Where a run stands. Stored in the mirror as the run's page, so that a crash loses none of it.
struct PullPosition {
    std::string page{};       // the source's name of the page to ask for; "": the first
    std::string cursor{};     // where the next run begins, as far as the source has said
    std::string validator{};  // of the whole collection

    [[nodiscard]] std::string stored() const;
    [[nodiscard]] static PullPosition from(std::string_view stored);  // "" or nonsense: the first page
};

// The source takes a cursor at all; without one each run is a full one.
[[nodiscard]] bool takes_cursor(const SourceConfig& config);
// Why `next` cannot be asked for ("" if it can): an address of another origin, where our token must not go; the page
// that was just read; a name that the address has no place for.
[[nodiscard]] std::string why_not_next(const SourceConfig& config, std::string_view next, std::string_view page);
// `validator`: the ETag or Last-Modified of what is here; "": none.
[[nodiscard]] HttpRequest page_request(const SourceConfig& config, std::string_view page, std::string_view cursor,
                                       std::string_view validator);
[[nodiscard]] HttpRequest live_request(const SourceConfig& config, std::string_view field, std::string_view value);

}  // namespace tillkeeper::sync
