// Debian 12 has tokens for OpenSSL as an engine only; engines still work in OpenSSL 3, with a warning.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "platform/linux-arm/openssl_token.h"

#include <openssl/engine.h>
#include <openssl/ui.h>

namespace tillkeeper::openssl {
namespace {

// Once for the process, and kept: keys refer to it. Null when it is not installed.
ENGINE* engine() {
    static ENGINE* const kEngine = [] {
        OPENSSL_init_crypto(OPENSSL_INIT_ENGINE_DYNAMIC, nullptr);
        ENGINE* found = ENGINE_by_id(kTokenEngine);
        if (found != nullptr && ENGINE_init(found) != 1) {
            ENGINE_free(found);
            found = nullptr;
        }
        return found;
    }();
    return kEngine;
}

}  // namespace

bool has_tokens() {
    const CleanErrors clean;
    return engine() != nullptr;
}

Result<Key> token_key(const std::string& uri) {
    const CleanErrors clean;
    if (!has_tokens())
        return fail(ErrorCode::kInvalid, "nothing here reads keys of tokens: apt install libengine-pkcs11-openssl");
    // Without a PIN it would ask at the terminal: UI_null() has no answer.
    Key key(ENGINE_load_private_key(engine(), uri.c_str(), const_cast<UI_METHOD*>(UI_null()), nullptr));
    if (!key)
        return fail(
            ErrorCode::kInvalid,
            "no such key, or its PIN is wrong or its pin-source missing; p11tool --list-all shows what is there");
    return key;
}

}  // namespace tillkeeper::openssl
