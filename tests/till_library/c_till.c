#include "tests/till_library/c_till.h"

#include <stdio.h>
#include <string.h>

#include "till/tillkeeper_till.h"

static int put_off = 0;

static void count_accepted(void* user, const tk_answer* answer) {
    if (answer->outcome == TK_ACCEPTED && answer->journal_number > 0 && strlen(answer->document) > 0) ++*(int*)user;
}

static void count_put_off(void* user, const char* id) {
    (void)user;
    if (strlen(id) > 0) ++put_off;
}

int c_till_put_off(void) {
    return put_off;
}

int c_till_sells(int port, const char* password_file, const char* outbox, void (*turn)(void*), void* user) {
    tk_settings settings = {0};
    settings.store = "0042";
    settings.till = "till-1";
    settings.outbox_file = outbox;
    settings.port = port;
    settings.plain = 1;
    settings.password_file = password_file;
    int accepted = 0;
    tk_events events = {0};
    events.user = &accepted;
    events.answered = count_accepted;
    events.put_off = count_put_off;
    put_off = 0;
    tk_till* till = NULL;
    tk_error error;
    if (tk_open(&settings, &events, &till, &error) != TK_OK) {
        fprintf(stderr, "%s\n", error.message);
        return -1;
    }
    for (int i = 0; i < 3; ++i) {
        tk_sale sale = {0};
        sale.content = "{\"total\":1530,\"currency\":\"EUR\"}";
        tk_receipt receipt;
        if (tk_hand_over(till, &sale, &receipt, &error) != TK_OK || receipt.till_sequence != i + 1 ||
            strncmp(receipt.receipt, "0042-till-1-", 12) != 0) {
            tk_close(till);
            return -1;
        }
    }
    tk_counts counts = {0};
    for (int round = 0; round < 100000; ++round) {
        tk_run_once(till, 2, NULL);
        turn(user);
        tk_get_counts(till, &counts);
        if (counts.waiting == 0) break;
    }
    tk_close(till);
    return accepted;
}

int c_till_survives_misuse(const char* outbox) {
    tk_settings settings = {0};
    tk_till* till = NULL;
    tk_error error = {0};
    if (tk_open(NULL, NULL, &till, &error) != TK_INVALID) return 1;
    if (tk_open(&settings, NULL, &till, &error) != TK_INVALID || error.message[0] == '\0') return 2;
    settings.store = "0042";
    settings.till = "till-1";
    settings.outbox_file = outbox;
    if (tk_open(&settings, NULL, &till, &error) != TK_INVALID) return 3; /* without TLS it must be said */
    settings.plain = 1;
    if (tk_open(&settings, NULL, &till, NULL) != TK_OK) return 4;
    tk_sale sale = {0};
    sale.content = "no JSON";
    if (tk_hand_over(till, &sale, NULL, &error) != TK_INVALID || error.code != TK_INVALID) return 5;
    if (tk_drop_refused(till, "none", NULL) != TK_NOT_FOUND) return 6;
    tk_till* second = NULL;
    if (tk_open(&settings, NULL, &second, &error) != TK_IN_USE) return 7;
    char id[37];
    tk_new_id(till, id);
    if (strlen(id) != 36) return 8;
    tk_close(till);
    tk_close(NULL);
    return 0;
}
