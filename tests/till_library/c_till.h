// A till written in C: what the library's C interface is good for.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* Sells three sales over the broker at that port, and returns how many were answered `accepted`; -1 on trouble. `turn`
   is called between the library's rounds. */
int c_till_sells(int port, const char* password_file, const char* outbox, void (*turn)(void*), void* user);
/* How often one was put off while it did. */
int c_till_put_off(void);
/* 0 when every misuse was answered with an error code. */
int c_till_survives_misuse(const char* outbox);

#ifdef __cplusplus
}
#endif
