// Seals anew what lies under an older key, or plain: KeyChange first where the keys come while the journal is open,
// then Resealing, slice by slice. How far it has come stands in `meta.resealed_up_to`: a crash costs nothing.
// Ownership: by value. Thread: the journal thread.
#pragma once

#include "storage/body_codec.h"
#include "storage/entry.h"
#include "storage/sliced_work.h"

namespace tillkeeper::storage {

// From the next group on the current key seals. One slice. kInvalid: a key is missing that bodies still need; nothing
// was changed.
class KeyChange final : public SlicedWork {
  public:
    explicit KeyChange(BodyKeys keys) : keys_(std::move(keys)) {}
    [[nodiscard]] Result<bool> slice(const JournalParts& journal) override;
    [[nodiscard]] WorkProgress progress() const override { return {.step = "changing the key"}; }

  private:
    BodyKeys keys_;
};

// Nothing to do unless `key_checks` names more than one. At its end only the current key is needed. What the disk does
// not give back stays as it is: no key opens it.
class Resealing final : public SlicedWork {
  public:
    [[nodiscard]] Result<bool> slice(const JournalParts& journal) override;
    [[nodiscard]] WorkProgress progress() const override { return {"sealing anew", up_to_, newest_}; }

  private:
    JournalNumber up_to_ = 0;
    JournalNumber newest_ = 0;
};

}  // namespace tillkeeper::storage
