/* The C interface as a host uses it and as one should not: nothing crashes, everything is answered. C99. */
#include "bindings/c/watchword.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                     \
            ++failures;                                                                                                \
        }                                                                                                              \
    } while (0)

static const char leaver[] = "use hr, activity\n"
                             "signal Copied on file.copy where removable\n"
                             "policy Leaver { purpose \"p\" basis \"b\" owner \"o\" opens on hr.resignation\n"
                             "  closes after 30d\n"
                             "  score { +10 for Copied }\n"
                             "  alert low at 10\n"
                             "  alert high at 30 }\n";
static const char notice[] = "{\"type\":\"hr.resignation\",\"time\":\"2025-03-03T09:00:00Z\",\"user\":\"anna\"}";
static const char copied[] = "{\"type\":\"file.copy\",\"time\":\"2025-03-04T09:00:00Z\",\"user\":\"anna\","
                             "\"host\":\"pc7\",\"path\":\"/x\",\"bytes\":1,\"removable\":true}";

static ww_text text(const char* zero_terminated) {
    ww_text result = {zero_terminated, strlen(zero_terminated)};
    return result;
}

static ww_text bytes(const char* data, size_t length) {
    ww_text result = {data, length};
    return result;
}

static int has(ww_text in, const char* part) { return strstr(in.data, part) != NULL; }

static size_t lines(ww_text in) {
    size_t count = 0, i;
    for (i = 0; i < in.length; ++i) count += in.data[i] == '\n';
    return count;
}

static ww_policies* compiled(const char* policy) {
    const ww_policy_file file = {text("leaver.watch"), text(policy)};
    ww_policies* policies = NULL;
    CHECK(ww_policies_compile(&file, 1, NULL, &policies) == ww_fine);
    return policies;
}

static ww_monitor* made(const char* key) {
    ww_policies* policies = compiled(leaver);
    ww_monitor_options options = {.size = sizeof options};
    ww_monitor* monitor = NULL;
    options.key = text(key);
    CHECK(ww_monitor_new(policies, &options, &monitor) == ww_fine);
    ww_policies_free(policies); /* before the monitor */
    return monitor;
}

static void policies_say_what_is_wrong(void) {
    const ww_policy_file bad = {text("bad.watch"), text("signal S on nothing.at_all")};
    const ww_policy_file binary = {bytes("b\0\xff", 3), bytes("\0\xff\xfe", 3)};
    const ww_policy_file empty = {{NULL, 0}, {NULL, 0}};
    ww_policies* policies = NULL;
    ww_monitor* monitor = NULL;
    CHECK(ww_policies_compile(&bad, 1, NULL, &policies) == ww_not_compiled);
    CHECK(has(ww_policies_messages(policies), "bad.watch:1:13"));
    CHECK(ww_monitor_new(policies, NULL, &monitor) == ww_usage && monitor == NULL);
    ww_policies_free(policies);
    CHECK(ww_policies_compile(&binary, 1, NULL, &policies) == ww_not_compiled);
    CHECK(ww_policies_messages(policies).length > 0);
    ww_policies_free(policies);
    CHECK(ww_policies_compile(&empty, 1, NULL, &policies) == ww_fine);
    ww_policies_free(policies);
    CHECK(ww_policies_compile(NULL, 0, NULL, &policies) == ww_fine);
    ww_policies_free(policies);
    CHECK(ww_policies_standard(text("no_such_module"), &policies) == ww_not_compiled);
    CHECK(has(ww_policies_messages(policies), "no_such_module"));
    ww_policies_free(policies);
    CHECK(ww_policies_standard(text("it1003"), &policies) == ww_fine);
    CHECK(ww_policies_messages(policies).length == 0);
    ww_policies_free(policies);
}

struct reading {
    int asked;
    ww_text answer;
    int32_t status;
};

static int32_t read_one(void* user, ww_text name, ww_text from, ww_text* content) {
    struct reading* reading = user;
    ++reading->asked;
    CHECK(strcmp(name.data, "ok.txt") == 0 && strcmp(from.data, "p.watch") == 0);
    *content = reading->answer;
    return reading->status;
}

static ww_status compile_reading(struct reading* reading) {
    char policy[1000];
    ww_policy_file file;
    ww_policy_options options = {.size = sizeof options, .read = read_one, .user = reading};
    ww_policies* policies = NULL;
    ww_status status;
    snprintf(policy, sizeof policy,
             "%slist ok from \"ok.txt\"\nsignal Other on file.copy where (device ?? \"\") in ok\n", leaver);
    file.name = text("p.watch");
    file.text = text(policy);
    status = ww_policies_compile(&file, 1, &options, &policies);
    ww_policies_free(policies);
    return status;
}

static void files_are_read_by_the_host(void) {
    struct reading there = {0, {"stick1\n", 7}, 0}, missing = {0, {NULL, 0}, 1}, empty = {0, {NULL, 0}, 0};
    struct reading wrong = {0, {NULL, 7}, 0};
    CHECK(compile_reading(&there) == ww_fine && there.asked == 1);
    CHECK(compile_reading(&missing) == ww_not_compiled && missing.asked == 1);
    CHECK(compile_reading(&empty) == ww_fine && empty.asked == 1);
    CHECK(compile_reading(&wrong) == ww_usage && wrong.asked == 1);
}

static void records_in_alerts_out(void) {
    ww_monitor* monitor = made("");
    ww_outcome outcome = -1;
    ww_text out;
    double score = -1;
    CHECK(ww_monitor_push(monitor, text(notice), &outcome) == ww_fine && outcome == ww_taken);
    CHECK(ww_monitor_push(monitor, text(copied), NULL) == ww_fine);
    CHECK(ww_monitor_take_alerts(monitor, &out) == ww_fine && lines(out) == 1);
    CHECK(has(out, "\"level\":\"low\"") && has(out, "anna") && out.data[out.length] == '\0');
    CHECK(ww_monitor_take_alerts(monitor, &out) == ww_fine && out.length == 0 && out.data != NULL);
    CHECK(ww_monitor_score(monitor, text("Leaver"), text("ANNA"), &score) == ww_fine && score == 10);
    CHECK(ww_monitor_score(monitor, text("Nobody"), text("anna"), &score) == ww_fine && score == 0);
    CHECK(ww_monitor_open_watches(monitor, &out) == ww_fine && lines(out) == 1);
    CHECK(has(out, "\"policy\":\"Leaver\"") && has(out, "\"score\":10}"));
    CHECK(ww_monitor_push(monitor, text("{\"type\":\"print.job\",\"time\":\"2025-03-04T09:00:00Z\",\"user\":\"anna\"}"),
                          &outcome) == ww_fine);
    CHECK(outcome == ww_unused);
    CHECK(ww_monitor_advance(monitor, INT64_C(1743843600000000)) == ww_fine); /* 2025-04-05 09:00 */
    CHECK(ww_monitor_push(monitor, text(copied), &outcome) == ww_fine && outcome == ww_late);
    CHECK(has(ww_monitor_problem(monitor), "later"));
    CHECK(ww_monitor_open_watches(monitor, &out) == ww_fine && out.length == 0);
    ww_monitor_free(monitor);
}

static void lines_are_counted(void) {
    ww_monitor* monitor = made("0123456789abcdef");
    ww_lines result = {.size = sizeof result};
    char many[2000];
    snprintf(many, sizeof many, "%s\n\n  \r\n%s\r\n{\"type\":\"print.job\"}\n{\n%s\nnull\n%s", notice, copied, copied,
             copied);
    CHECK(ww_monitor_push_lines(monitor, text(many), &result) == ww_input);
    CHECK(result.lines == 9 && result.taken == 4 && result.unused == 1 && result.late == 0);
    CHECK(result.rejected == 2 && result.first_rejected == 6 && result.problem.length > 0);
    CHECK(ww_monitor_problem(monitor).length > 0);
    CHECK(ww_monitor_push_lines(monitor, text(copied), &result) == ww_fine);
    CHECK(result.lines == 1 && result.rejected == 0 && result.first_rejected == 0 && result.problem.length == 0);
    CHECK(ww_monitor_push_lines(monitor, bytes(NULL, 0), &result) == ww_fine && result.lines == 0);
    CHECK(ww_monitor_push_lines(monitor, text("\n\n"), NULL) == ww_fine);
    CHECK(ww_monitor_push_lines(monitor, text("x"), NULL) == ww_input);
    ww_monitor_free(monitor);
}

static void a_roster_says_who_is_somebody(void) {
    ww_monitor* monitor = made("0123456789abcdef");
    ww_outcome outcome;
    ww_text out;
    CHECK(ww_monitor_enter(monitor, text("{\"id\":\"E-17\",\"accounts\":[\"anna\"]}"), &outcome) == ww_fine);
    CHECK(outcome == ww_taken);
    CHECK(ww_monitor_enter(monitor, text("{\"id\":\"E-18\",\"accounts\":[\"anna\"]}"), &outcome) == ww_fine);
    CHECK(outcome == ww_taken_in_part && has(ww_monitor_problem(monitor), "E-17"));
    CHECK(ww_monitor_enter(monitor, text("nonsense"), &outcome) == ww_input && outcome == ww_rejected);
    ww_monitor_push(monitor, text(notice), NULL);
    ww_monitor_push(monitor, text(copied), NULL);
    CHECK(ww_monitor_take_alerts(monitor, &out) == ww_fine && lines(out) == 1);
    CHECK(!has(out, "anna") && !has(out, "E-17"));
    CHECK(ww_monitor_open_watches(monitor, &out) == ww_fine && lines(out) == 1);
    CHECK(!has(out, "anna") && !has(out, "E-17") && has(out, "\"subject\":\"p-"));
    ww_monitor_free(monitor);
}

static void null_is_answered(void) {
    ww_monitor* monitor = made("");
    ww_policies* policies = NULL;
    ww_text out;
    double score;
    const ww_text wrong = {NULL, 1}, endless = {"x", SIZE_MAX};
    ww_policy_file file = {{NULL, 1}, {NULL, 0}};
    CHECK(ww_policies_compile(&file, 1, NULL, NULL) == ww_usage);
    CHECK(ww_policies_compile(NULL, 1, NULL, &policies) == ww_usage && policies == NULL);
    CHECK(ww_policies_compile(&file, 1, NULL, &policies) == ww_usage && policies == NULL);
    CHECK(ww_policies_standard(wrong, &policies) == ww_usage && ww_policies_standard(wrong, NULL) == ww_usage);
    CHECK(ww_policies_messages(NULL).length == 0 && ww_policies_messages(NULL).data != NULL);
    CHECK(ww_monitor_new(NULL, NULL, NULL) == ww_usage && ww_monitor_enter(NULL, wrong, NULL) == ww_usage);
    CHECK(ww_monitor_push(NULL, wrong, NULL) == ww_usage && ww_monitor_push_lines(NULL, wrong, NULL) == ww_usage);
    CHECK(ww_monitor_allow_until(NULL, 0) == ww_usage && ww_monitor_advance(NULL, 0) == ww_usage);
    CHECK(ww_monitor_take_alerts(NULL, &out) == ww_usage && ww_monitor_score(NULL, wrong, wrong, &score) == ww_usage);
    CHECK(ww_monitor_open_watches(NULL, &out) == ww_usage && ww_monitor_save(NULL, &out) == ww_usage);
    CHECK(ww_monitor_restore(NULL, wrong) == ww_usage && ww_monitor_problem(NULL).length == 0);
    CHECK(ww_monitor_enter(monitor, wrong, NULL) == ww_usage && ww_monitor_push(monitor, wrong, NULL) == ww_usage);
    CHECK(has(ww_monitor_problem(monitor), "NULL"));
    CHECK(ww_monitor_push(monitor, endless, NULL) == ww_usage);
    CHECK(ww_monitor_push_lines(monitor, wrong, NULL) == ww_usage && ww_monitor_restore(monitor, wrong) == ww_usage);
    CHECK(ww_monitor_score(monitor, wrong, text("anna"), &score) == ww_usage);
    CHECK(ww_monitor_score(monitor, text("Leaver"), text("anna"), NULL) == ww_usage);
    CHECK(ww_monitor_open_watches(monitor, NULL) == ww_usage && ww_monitor_save(monitor, NULL) == ww_usage);
    ww_monitor_push(monitor, text(notice), NULL);
    ww_monitor_push(monitor, text(copied), NULL);
    CHECK(ww_monitor_take_alerts(monitor, NULL) == ww_usage); /* and takes none */
    CHECK(ww_monitor_take_alerts(monitor, &out) == ww_fine && lines(out) == 1);
    ww_monitor_free(monitor);
    ww_monitor_free(NULL);
    ww_policies_free(NULL);
}

static void structs_may_be_older_or_newer(void) {
    struct newer_options {
        ww_monitor_options known;
        uint64_t unknown[4];
    } newer = {.known = {.size = sizeof newer}};
    struct newer_lines {
        ww_lines known;
        uint64_t unknown[4];
    } newer_lines = {.known = {.size = sizeof newer_lines}, .unknown = {1, 2, 3, 4}};
    ww_policies* policies = compiled(leaver);
    ww_monitor* monitor = NULL;
    ww_monitor_options older = {.size = offsetof(ww_monitor_options, memory_bytes), .memory_bytes = 1};
    ww_lines older_lines = {.size = offsetof(ww_lines, late), .late = 77, .rejected = 77};
    size_t size;
    CHECK(ww_monitor_new(policies, &older, &monitor) == ww_fine); /* which does not see that there is no memory */
    CHECK(ww_monitor_push(monitor, text(notice), NULL) == ww_fine);
    CHECK(ww_monitor_push_lines(monitor, text(copied), &older_lines) == ww_fine);
    CHECK(older_lines.taken == 1 && older_lines.late == 77 && older_lines.rejected == 77);
    CHECK(ww_monitor_push_lines(monitor, text(copied), &newer_lines.known) == ww_fine);
    CHECK(newer_lines.known.taken == 1 && newer_lines.unknown[0] == 0 && newer_lines.unknown[3] == 0);
    newer_lines.known.size = 0;
    CHECK(ww_monitor_push_lines(monitor, text(copied), &newer_lines.known) == ww_usage);
    ww_monitor_free(monitor);
    CHECK(ww_monitor_new(policies, &newer.known, &monitor) == ww_fine);
    ww_monitor_free(monitor);
    newer.unknown[2] = 1;
    CHECK(ww_monitor_new(policies, &newer.known, &monitor) == ww_usage && monitor == NULL);
    for (size = 0; size <= sizeof older; ++size) {
        older.size = size;
        CHECK(ww_monitor_new(policies, &older, &monitor) == (size < sizeof size ? ww_usage : ww_fine));
        ww_monitor_free(monitor);
    }
    older.size = SIZE_MAX;
    CHECK(ww_monitor_new(policies, &older, &monitor) == ww_usage);
    ww_policies_free(policies);
}

static void no_record_breaks_it(void) {
    ww_monitor* monitor = made("0123456789abcdef");
    static const char* const hostile[] = {"",
                                          " ",
                                          "{",
                                          "null",
                                          "[]",
                                          "{}",
                                          "{\"type\":1}",
                                          "{\"type\":\"file.copy\"}",
                                          "\xff\xfe{}",
                                          "{\"type\":\"\xed\xa0\x80\"}"};
    const size_t large = (size_t)17 << 20;
    char* huge = malloc(large);
    ww_outcome outcome;
    size_t i;
    for (i = 0; i < sizeof hostile / sizeof hostile[0]; ++i) {
        CHECK(ww_monitor_push(monitor, text(hostile[i]), &outcome) == ww_input && outcome == ww_rejected);
        CHECK(ww_monitor_problem(monitor).length > 0);
        CHECK(ww_monitor_enter(monitor, text(hostile[i]), NULL) == ww_input);
    }
    CHECK(ww_monitor_push(monitor, bytes("\0\0\0", 3), NULL) == ww_input);
    CHECK(ww_monitor_push(monitor, bytes(notice, sizeof notice), NULL) == ww_input); /* its zero byte is none of it */
    CHECK(ww_monitor_push(monitor, bytes(NULL, 0), NULL) == ww_input);
    memset(huge, '[', large);
    CHECK(ww_monitor_push(monitor, bytes(huge, large), NULL) == ww_input);
    CHECK(ww_monitor_push_lines(monitor, bytes(huge, large), NULL) == ww_input);
    CHECK(ww_monitor_enter(monitor, bytes(huge, large), NULL) == ww_input);
    CHECK(ww_monitor_restore(monitor, bytes(huge, large)) == ww_input);
    memset(huge, '\n', large);
    CHECK(ww_monitor_push_lines(monitor, bytes(huge, large), NULL) == ww_fine);
    free(huge);
    CHECK(ww_monitor_advance(monitor, INT64_MIN) == ww_fine);
    CHECK(ww_monitor_allow_until(monitor, INT64_C(1800000000000000)) == ww_fine); /* 2027-01-15 */
    CHECK(ww_monitor_advance(monitor, INT64_MAX) == ww_input);
    CHECK(ww_monitor_push(monitor, text(notice), NULL) == ww_fine);
    ww_monitor_free(monitor);
}

static void memory_that_is_used_up_is_said(void) {
    ww_policies* policies = compiled(leaver);
    ww_monitor_options options = {.size = sizeof options, .memory_bytes = 1};
    ww_monitor* monitor = NULL;
    ww_outcome outcome = -1;
    ww_status status = ww_fine;
    ww_lines result = {.size = sizeof result};
    int i;
    CHECK(ww_monitor_new(policies, &options, &monitor) == ww_fine);
    for (i = 0; i < 3 && status == ww_fine; ++i) status = ww_monitor_push(monitor, text(notice), &outcome);
    CHECK(status == ww_limit && outcome == ww_full && ww_monitor_problem(monitor).length > 0);
    CHECK(ww_monitor_push_lines(monitor, text("{\n{\n{\n"), &result) == ww_input && result.lines == 3);
    CHECK(ww_monitor_push_lines(monitor, text(notice), &result) == ww_limit && result.lines == 1);
    ww_monitor_free(monitor);
    ww_policies_free(policies);
}

static void what_is_known_survives(void) {
    ww_monitor *first = made("0123456789abcdef"), *second = made("0123456789abcdef"),
               *other = made("another key, quite");
    ww_text saved, again;
    char *copy, *damaged;
    size_t length;
    uint32_t random = 12345;
    int i;
    ww_monitor_push(first, text(notice), NULL);
    ww_monitor_push(first, text(copied), NULL);
    CHECK(ww_monitor_save(first, &saved) == ww_fine && saved.length > 0);
    length = saved.length;
    copy = malloc(length), damaged = malloc(length);
    memcpy(copy, saved.data, length);
    CHECK(ww_monitor_restore(first, saved) == ww_fine); /* its own text */
    CHECK(ww_monitor_restore(other, bytes(copy, length)) == ww_input);
    CHECK(has(ww_monitor_problem(other), "another key"));
    CHECK(ww_monitor_restore(second, bytes(copy, length)) == ww_fine);
    for (i = 0; i < 2000; ++i) {
        memcpy(damaged, copy, length);
        random = random * 1664525u + 1013904223u;
        damaged[random % length] ^= (char)(1 << (random >> 29));
        random = random * 1664525u + 1013904223u;
        CHECK(ww_monitor_restore(second, bytes(damaged, i % 4 == 0 ? random % length : length)) == ww_input);
    }
    CHECK(ww_monitor_save(second, &again) == ww_fine && again.length == length);
    CHECK(memcmp(again.data, copy, length) == 0);
    free(copy), free(damaged);
    ww_monitor_free(first), ww_monitor_free(second), ww_monitor_free(other);
}

struct shared {
    const ww_policies* policies;
    ww_monitor* monitor; /* NULL: one of its own */
    int records, fine, alerts;
};

static void* push_many(void* argument) {
    struct shared* shared = argument;
    ww_monitor* monitor = shared->monitor;
    ww_text out;
    int i;
    if (monitor == NULL && ww_monitor_new(shared->policies, NULL, &monitor) != ww_fine) return NULL;
    if (shared->monitor == NULL) ww_monitor_push(monitor, text(notice), NULL);
    for (i = 0; i < shared->records; ++i) shared->fine += ww_monitor_push(monitor, text(copied), NULL) == ww_fine;
    if (shared->monitor != NULL) return NULL;
    if (ww_monitor_take_alerts(monitor, &out) == ww_fine) shared->alerts = (int)lines(out);
    ww_monitor_free(monitor);
    return NULL;
}

static void threads_share_policies(void) {
    ww_policies* policies = compiled(leaver);
    pthread_t threads[4];
    struct shared shared[4] = {{0}};
    int i;
    for (i = 0; i < 4; ++i) {
        shared[i].policies = policies, shared[i].records = 1000;
        CHECK(pthread_create(&threads[i], NULL, push_many, &shared[i]) == 0);
    }
    for (i = 0; i < 4; ++i) {
        pthread_join(threads[i], NULL);
        CHECK(shared[i].fine == 1000 && shared[i].alerts == 2);
    }
    ww_policies_free(policies);
}

static void threads_that_share_a_monitor_are_told(void) {
    ww_monitor* monitor = made("");
    pthread_t threads[2];
    struct shared shared[2] = {{0}};
    double score = 0;
    int i;
    ww_monitor_push(monitor, text(notice), NULL);
    for (i = 0; i < 2; ++i) {
        shared[i].monitor = monitor, shared[i].records = 20000;
        CHECK(pthread_create(&threads[i], NULL, push_many, &shared[i]) == 0);
    }
    for (i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
    CHECK(ww_monitor_score(monitor, text("Leaver"), text("anna"), &score) == ww_fine);
    CHECK(score == 10.0 * (shared[0].fine + shared[1].fine)); /* what was not refused was done, once */
    ww_monitor_free(monitor);
}

int main(void) {
    CHECK(strcmp(ww_version(), WATCHWORD_VERSION) == 0);
    policies_say_what_is_wrong();
    files_are_read_by_the_host();
    records_in_alerts_out();
    lines_are_counted();
    a_roster_says_who_is_somebody();
    null_is_answered();
    structs_may_be_older_or_newer();
    no_record_breaks_it();
    memory_that_is_used_up_is_said();
    what_is_known_survives();
    threads_share_policies();
    threads_that_share_a_monitor_are_told();
    if (failures == 0) puts("all as expected");
    return failures != 0;
}
