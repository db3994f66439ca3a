// JournalKeys: the keys that seal the journal's bodies, as long as the daemon runs: a new key without downtime, and
// sealing anew what lies under an older one, or plain. What an interrupted erasure left to do is done here as well.
//
//   GET  /keys          {"sealed","current","keys","older_needed","plain","resealed_up_to","newest","error"}
//   POST /keys/reload   reads the key file again; from the next group on its first line seals
//
// `current` recognises a key and tells nothing about it. `older_needed`: keys besides the first one that bodies still
// need; `plain`: bodies still lie unsealed. Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <string>

#include "platform/event_loop.h"
#include "platform/http_server.h"
#include "storage/journal_reader.h"
#include "storage/upkeep.h"

namespace tillkeeper::agent {

struct KeyParts {
    storage::Upkeep& upkeep;
    storage::JournalReader& reader;
    EventLoop& loop;
    std::string file;        // "": none is configured
    storage::BodyKeys keys;  // that journal and reader were opened with
    // Readers of other loops: they have the keys when `then` runs, on this loop.
    std::function<void(storage::BodyKeys keys, Task then)> tell_others;
    std::function<Result<void>(const storage::BodyKeys& keys)> seal_copies;  // the mirrors', with the new one
};

class JournalKeys {
  public:
    explicit JournalKeys(KeyParts parts) : parts_(std::move(parts)) {}
    // Goes on with what was not finished when the daemon ended.
    void start();
    void handle(const ServerRequest& request, HttpServer::Reply reply);

  private:
    void reload(HttpServer::Reply reply);
    void change(storage::BodyKeys keys, HttpServer::Reply reply);
    void scrub();
    void again_later(const Error& error);
    [[nodiscard]] Result<std::string> state();

    KeyParts parts_;
    bool busy_ = false;
    std::string error_;
    Timer again_;
};

}  // namespace tillkeeper::agent
