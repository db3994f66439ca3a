/* A till that sells once over the till library, and waits for the store's answer.
 *
 *     gcc library.c -o library $(pkg-config --cflags --libs tillkeeper-till)
 *     ./library 127.0.0.1 8883 CA till-1 PASSWORD-FILE
 *
 * Needs Debian's gcc and pkg-config, and the package tillkeeper-dev. Exit status 0 once the store has it. */
#include <stdio.h>
#include <stdlib.h>
#include <tillkeeper_till.h>
#include <time.h>

static void answered(void* user, const tk_answer* answer) {
    if (answer->outcome == TK_REFUSED) {
        printf("refused %s: %s\n", answer->id, answer->problem != NULL ? answer->problem : "");
        return;
    }
    /* What a person in the store must look at is in the journal as well. */
    printf("%s %s, number %lld\n", answer->outcome == TK_QUARANTINED ? "look" : "safe", answer->id,
           (long long)answer->journal_number);
    *(int*)user = 1;
}

static int failed(const tk_error* error) {
    fprintf(stderr, "%s\n", error->message);
    return 1;
}

int main(int count, char** words) {
    if (count != 6) return fprintf(stderr, "usage: library HOST PORT CA TILL PASSWORD-FILE\n"), 2;
    const tk_settings settings = {.store = "0042",
                                  .till = words[4],
                                  .outbox_file = "library.outbox",
                                  .host = words[1],
                                  .port = atoi(words[2]),
                                  .ca_file = words[3],
                                  .password_file = words[5]};
    const tk_sale sale = {.type = "sale", .content = "{\"total\":1530}"};
    int safe = 0;
    const tk_events events = {.user = &safe, .answered = answered};
    tk_till* till = NULL;
    tk_receipt receipt;
    tk_error error;
    if (tk_open(&settings, &events, &till, &error) != TK_OK) return failed(&error);
    if (tk_hand_over(till, &sale, &receipt, &error) != TK_OK) return failed(&error);
    printf("kept %s\n", receipt.id); /* from here on the customer may have the receipt */

    const time_t give_up = time(NULL) + 60;
    while (!safe && time(NULL) < give_up)
        if (tk_run_once(till, 200, &error) != TK_OK) return failed(&error);
    tk_close(till);
    return safe ? 0 : 1;
}
