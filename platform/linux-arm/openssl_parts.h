// What every use of OpenSSL here shares: its things with an owner, and reading a private key. Any thread.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string>
#include <string_view>

namespace tillkeeper::openssl {

template <auto Free>
struct Freeing {
    template <typename T>
    void operator()(T* thing) const {
        Free(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freeing<BIO_free_all>>;

// OpenSSL's queue of errors is per thread: what a failed call leaves there the next caller would take for its own.
struct CleanErrors {
    CleanErrors() = default;
    CleanErrors(const CleanErrors&) = delete;
    CleanErrors& operator=(const CleanErrors&) = delete;
    ~CleanErrors() { ERR_clear_error(); }
};

inline Bio reading(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// What was written into it.
inline std::string text_of(BIO* bio) {
    const char* text = nullptr;
    const auto size = BIO_get_mem_data(bio, &text);
    return {text, static_cast<std::size_t>(size)};
}

// What is encrypted is refused; OpenSSL would otherwise ask at the terminal.
inline int no_password(char*, int, int, void*) {
    return -1;
}

// Null when it is no unencrypted private key in PEM form.
inline Key private_key(std::string_view pem) {
    const CleanErrors clean;
    return Key(PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, no_password, nullptr));
}

}  // namespace tillkeeper::openssl
