// tillkeeper-till for C: the till's side of the till bus. till.h (C++) says in full what each call promises.
//
// Thread: none of its own; a tk_till is used by one thread at a time; callbacks come only from within tk_run_once().
// Ownership: texts given in are copied; texts given out live until the callback returns or, in tk_receipt, by value.
// Errors: what can fail returns a tk_code, TK_INVALID for a till that is null; `error`, where given, gets a message for
// a person. The others take a till that is not null, tk_close() excepted. No C++ exception comes out.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tk_code {
    TK_OK = 0,
    TK_INVALID,
    TK_STORAGE_FULL,
    TK_DISK,
    TK_DAMAGED,
    TK_IN_USE,
    TK_TOO_NEW,
    TK_NOT_FOUND,
    TK_LIMIT,
    TK_INTERNAL
} tk_code;

typedef enum tk_outcome { TK_ACCEPTED = 0, TK_DUPLICATE, TK_QUARANTINED, TK_REFUSED } tk_outcome;

typedef struct tk_error {
    tk_code code;
    char message[256];
} tk_error;

typedef struct tk_till tk_till;

/* What is null, empty or 0 has the default of till_values.h. */
typedef struct tk_settings {
    const char* store;
    const char* till;
    const char* outbox_file;
    int64_t first_sequence;
    const char* host;
    int port;
    const char* ca_file;
    int plain;
    const char* certificate_file;
    const char* key_file;
    const char* password_file;
    size_t in_flight;
    int answer_timeout_ms;
} tk_settings;

typedef struct tk_sale {
    const char* type;
    const char* content; /* a JSON object */
    const char* occurred_at;
    const char* business_day;
    const char* receipt;
    const char* id;
} tk_sale;

typedef struct tk_receipt {
    char id[65];
    int64_t till_sequence;
    char receipt[129];
    int repeated;
} tk_receipt;

typedef struct tk_answer {
    const char* id;
    int64_t till_sequence;
    const char* receipt;
    tk_outcome outcome;
    int64_t journal_number;
    const char* problem;
    const char* document; /* JSON */
} tk_answer;

typedef struct tk_counts {
    uint64_t waiting;
    uint64_t refused;
    uint64_t sent_again;
    uint64_t reconnects;
    int64_t next_sequence;
} tk_counts;

/* Each may be null; `user` is given back as it is. */
typedef struct tk_events {
    void* user;
    void (*answered)(void* user, const tk_answer* answer);
    void (*store_status)(void* user, const char* state, const char* document);
    void (*connection)(void* user, int online, const char* why);
    void (*put_off)(void* user, const char* id); /* refused for now; it will be sent again */
} tk_events;

/* *till is set when TK_OK is returned; give it back with tk_close(). `error` may be null, here and below. */
tk_code tk_open(const tk_settings* settings, const tk_events* events, tk_till** till, tk_error* error);
/* TK_OK: the sale is synced to this till's disk. Anything else: do not treat it as safe. */
tk_code tk_hand_over(tk_till* till, const tk_sale* sale, tk_receipt* receipt, tk_error* error);
/* Writes 36 characters and a NUL; only a NUL when there is no memory. */
void tk_new_id(tk_till* till, char id[37]);
/* At least every five seconds. */
tk_code tk_run_once(tk_till* till, int wait_max_ms, tk_error* error);
int tk_descriptor(const tk_till* till);
int tk_online(const tk_till* till);
void tk_get_counts(const tk_till* till, tk_counts* counts);
/* Calls `each` for what was refused for good, oldest first, at most `max`; it must not call this library. */
tk_code tk_refused(tk_till* till, size_t max, void* user,
                   void (*each)(void* user, const char* id, const char* problem, const char* document),
                   tk_error* error);
tk_code tk_drop_refused(tk_till* till, const char* id, tk_error* error);
/* Tells the store that this till goes, and frees it. Null is fine. */
void tk_close(tk_till* till);

#ifdef __cplusplus
}
#endif
