/* Watchword for programs in C and for whatever can call C: policies as text, records as JSON, alerts as JSON. C99; also
 * C++. Installed it is <watchword/watchword.h>, and `pkg-config watchword-c` says what to link.
 *
 * Texts are UTF-8 with a length. Those that go in are read during the call alone, may hold zero bytes and need no end;
 * those that come out are never NULL, have a zero byte behind them that is not counted, and stay where they are until
 * the next call with the same handle, but for ww_policies_messages, whose text lives as long as the handle.
 * Nothing else has to be freed but handles.
 *
 * Every function may be called with NULL for any pointer: ww_usage answers where something is needed; only wrong
 * lengths and handles that were freed are beyond help. Nothing is thrown, printed or kept in globals. No call does I/O,
 * unless policies name files and `read` is left out, and none reads a clock. */
#ifndef WATCHWORD_WATCHWORD_H
#define WATCHWORD_WATCHWORD_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define WW_API __attribute__((visibility("default")))
#else
#define WW_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* As the exit statuses of the command. */
typedef int32_t ww_status;
enum {
    ww_fine = 0,
    ww_not_compiled = 2, /* there are errors in the policies: see ww_policies_messages */
    ww_usage = 3,        /* the call itself is wrong; nothing was done */
    ww_input = 4,        /* a record, an employee, a time or saved bytes were rejected: see ww_monitor_problem */
    ww_limit = 5,        /* memory_bytes are used up, or the system has no more */
    ww_internal = 70     /* an error of Watchword */
};

/* What came of a record or an employee. */
typedef int32_t ww_outcome;
enum {
    ww_taken = 0,
    ww_taken_in_part = 1, /* an employee, but for an account that is somebody else's already: see ww_monitor_problem */
    ww_unused = 2,        /* of a type that no policy reads */
    ww_late = 3,          /* before the newest one, of a type that may be dropped; not processed */
    ww_rejected = 4,      /* not usable: see ww_monitor_problem */
    ww_full = 5           /* memory_bytes are used up; nothing is processed any more */
};

typedef struct ww_text {
    const char* data; /* may be NULL where length is 0 */
    size_t length;    /* bytes */
} ww_text;

typedef struct ww_policies ww_policies; /* compiled policies; immutable, for any number of threads */
typedef struct ww_monitor ww_monitor;   /* people watched by policies; for one thread at a time */

/* `0.1.0`: of the library, which need not be that of this header. Lives for ever. */
WW_API const char* ww_version(void);

/* A policy file: its name, for messages and for what it names itself, and its text. Or a bundle, as `watchword build`
 * makes them, which is as a folder of that name. */
typedef struct ww_policy_file {
    ww_text name;
    ww_text text;
} ww_policy_file;

/* Gives the content of a list, table, calendar or baseline file, or of a module of one's own, that the policy file
 * `from` names. 0: `*content` is it, and must stay until the next call of this function or the end of compiling;
 * anything else: there is no such file. Called while compiling only, by the thread that compiles. */
typedef int32_t (*ww_read)(void* user, ww_text name, ww_text from, ww_text* content);

/* Structs with a size may grow at their end. Set all to zero, then `size` to sizeof of the struct: what is zero, or
 * beyond the size of an older caller, has its default; a newer caller may set nothing that this library does not know,
 * else it is told ww_usage. */
typedef struct ww_policy_options {
    size_t size;
    ww_read read; /* NULL: files on the disk, beside the policy file that names them */
    void* user;   /* handed to `read` */
} ww_policy_options;

/* Compiles `count` files, which see one another. `options` may be NULL. With ww_fine and with ww_not_compiled
 * `*policies` is a handle, to be freed by ww_policies_free; that of policies that did not compile is good for its
 * messages alone. Otherwise it is NULL. */
WW_API ww_status ww_policies_compile(const ww_policy_file* files, size_t count, const ww_policy_options* options,
                                     ww_policies** policies);

/* The same of a module of the language, such as `it1003`. */
WW_API ww_status ww_policies_standard(ww_text module, ww_policies** policies);

/* Warnings and errors as `watchword check` shows them; empty if there are none, or no handle. */
WW_API ww_text ww_policies_messages(const ww_policies* policies);

/* Monitors may still use the policies: they keep what they need. NULL is fine. */
WW_API void ww_policies_free(ww_policies* policies);

typedef struct ww_monitor_options {
    size_t size;
    /* Of pseudonyms and of alert ids: the same one gives the same ones. Copied. Kept secret and not short, for whoever
     * guesses it can undo the pseudonyms; empty: names are shown in clear and ids can be guessed, which is for tests.
     */
    ww_text key;
    /* Not 0: names and sensitive values are shown in clear although there is a key. Who may see them, and who asked, is
     * for the host to keep. */
    int32_t reveal;
    /* That watches and kept history may take; 0: 8 GiB. Keep it below what the system has: where that refuses memory
     * while a record is processed, the process ends. */
    uint64_t memory_bytes;
    int64_t latest; /* as ww_monitor_allow_until; 0: no limit */
} ww_monitor_options;

/* An engine without people. `options` may be NULL. `*monitor` is to be freed by ww_monitor_free; NULL unless ww_fine.
 * Monitors of several threads may be made of the same policies. */
WW_API ww_status ww_monitor_new(const ww_policies* policies, const ww_monitor_options* options, ww_monitor** monitor);

/* No other call may be under way. NULL is fine. */
WW_API void ww_monitor_free(ww_monitor* monitor);

/* From here on, while another thread's call with the same monitor is under way, ww_usage, and nothing is done. */

/* An employee, one JSON object on one line, as in a roster file: {"id":"u1","accounts":["anna.lee"],"group":"R&D"}.
 * Once there is one, only employees are people. At any time; what changes holds from the newest record on. ww_fine
 * (ww_taken or ww_taken_in_part), ww_input, ww_limit. `outcome` may be NULL. */
WW_API ww_status ww_monitor_enter(ww_monitor* monitor, ww_text employee, ww_outcome* outcome);

/* One record on one line, {"type":"file.copy","time":"2025-03-04T18:00:00Z","user":"u1",...}, at most 16 MiB. Times do
 * not fall: a trigger or closer that comes late takes its place now, others are ww_late.
 * ww_fine (ww_taken, ww_unused or ww_late), ww_input, ww_limit. `outcome` may be NULL. */
WW_API ww_status ww_monitor_push(ww_monitor* monitor, ww_text record, ww_outcome* outcome);

/* What came of several records. */
typedef struct ww_lines {
    size_t size;             /* set by the caller; what the library does not know becomes 0 */
    uint64_t lines;          /* looked at, empty ones too */
    uint64_t taken, unused;  /* as outcomes */
    uint64_t late, rejected; /* as outcomes */
    uint64_t first_rejected; /* the line, from 1, of the first that was; 0: none was */
    ww_text problem;         /* why that one was; until the next call with the monitor */
} ww_lines;

/* Records, one a line, each as by ww_monitor_push, whatever came of those before it; empty lines are passed over. The
 * last line need not end. ww_fine; ww_input if some were rejected; ww_limit: memory_bytes were used up at the last of
 * `result->lines`, and what stands behind it was not looked at. `result` may be NULL. */
WW_API ww_status ww_monitor_push_lines(ww_monitor* monitor, ww_text records, ww_lines* result);

/* Records of times later than `latest` (microseconds since 1970, UTC) are rejected from now on, for one from a clock
 * that is wrong would make all that come after it late. INT64_MAX: none are. */
WW_API ww_status ww_monitor_allow_until(ww_monitor* monitor, int64_t latest);

/* Time passes without a record, up to and including `time` (microseconds since 1970, UTC): watches open and end, and
 * what was to be missing is missing. A time before the newest one changes nothing. ww_input: it is later than allowed.
 */
WW_API ww_status ww_monitor_advance(ww_monitor* monitor, int64_t time);

/* The alerts since the last call, and ends of actions: one JSON object a line, as docs/alerts.md says. May be empty. */
WW_API ww_status ww_monitor_take_alerts(ww_monitor* monitor, ww_text* alerts);

/* Points of the person's watch of a policy now; 0 if there is none or no such policy. */
WW_API ww_status ww_monitor_score(ww_monitor* monitor, ww_text policy, ww_text account, double* score);

/* Who is watched now: a JSON object a line for each watch that is open or waits for its begin, by person and policy, as
 * docs/alerts.md says. Looks at all who are known. */
WW_API ww_status ww_monitor_open_watches(ww_monitor* monitor, ww_text* watches);

/* All that is known, as bytes, to go on from in another process. Alerts that were not taken are not in it. */
WW_API ww_status ww_monitor_save(ww_monitor* monitor, ww_text* saved);

/* Takes the place of all that is known. ww_input: damaged bytes, or those of another version, other policies or another
 * key; everything is as it was. */
WW_API ww_status ww_monitor_restore(ww_monitor* monitor, ww_text saved);

/* What was wrong with the last call that was not fine, or whose outcome was ww_taken_in_part or ww_late; a sentence. */
WW_API ww_text ww_monitor_problem(const ww_monitor* monitor);

#ifdef __cplusplus
}
#endif

#endif
