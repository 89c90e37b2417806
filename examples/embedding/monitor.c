/* Watchword inside a program in C. Built by itself:
 *     cc -O2 monitor.c $(pkg-config --cflags --libs watchword-c) -o monitor */
#include <watchword/watchword.h>

#include <stdio.h>
#include <string.h>

static const char policy[] =
    "use hr, activity\n"
    "signal Copied \"Copied much to removable media\" on file.copy where removable when sum(bytes) over 1h > 100MB\n"
    "policy Leaver \"Takes files along\" {\n"
    "  purpose \"Protect company data while people who have given notice still work here\"\n"
    "  basis   \"Works agreement 2024-11\"\n"
    "  owner   \"insider-threat@corp.example\"\n"
    "  opens   on hr.resignation\n"
    "  closes  after 60d\n"
    "  score { +50 for Copied halves every 14d }\n"
    "  alert medium at 40\n"
    "}\n";

static const char records[] =
    "{\"type\":\"hr.resignation\",\"time\":\"2025-03-03T09:00:00Z\",\"user\":\"anna.lee\"}\n"
    "{\"type\":\"file.copy\",\"time\":\"2025-03-04T18:00:00Z\",\"user\":\"ANNA.LEE\",\"host\":\"pc7\","
    "\"path\":\"/plans.zip\",\"bytes\":150000000,\"removable\":true}\n"
    "{\"type\":\"file.copy\",\"time\":\"yesterday\"}\n";

static ww_text text(const char* zero_terminated) {
    ww_text result = {zero_terminated, strlen(zero_terminated)};
    return result;
}

static void show(FILE* file, const char* what, ww_text said) {
    fprintf(file, "%s%.*s", what, (int)said.length, said.data);
}

static int watch(ww_monitor* monitor) {
    ww_lines result = {.size = sizeof result};
    ww_text alerts, watches;
    ww_monitor_enter(monitor, text("{\"id\":\"E-17\",\"accounts\":[\"anna.lee\"],\"group\":\"R&D\"}"), NULL);
    if (ww_monitor_push_lines(monitor, text(records), &result) == ww_input) {
        fprintf(stderr, "line %d: ", (int)result.first_rejected);
        show(stderr, "", result.problem);
        fputc('\n', stderr);
    }
    if (ww_monitor_take_alerts(monitor, &alerts) != ww_fine) return 1;
    show(stdout, "", alerts);
    if (ww_monitor_open_watches(monitor, &watches) != ww_fine) return 1;
    show(stdout, "", watches);
    return 0;
}

int main(void) {
    const ww_policy_file file = {text("leaver.watch"), text(policy)};
    ww_monitor_options options = {.size = sizeof options};
    ww_policies* policies = NULL;
    ww_monitor* monitor = NULL;
    ww_status status = ww_policies_compile(&file, 1, NULL, &policies);
    int failed;
    show(stderr, "", ww_policies_messages(policies)); /* errors, and what is worth a second look */
    options.key = text("0123456789abcdef");           /* from a safe place */
    if (status == ww_fine) status = ww_monitor_new(policies, &options, &monitor);
    ww_policies_free(policies); /* the monitor keeps what it needs */
    failed = status != ww_fine || watch(monitor) != 0;
    ww_monitor_free(monitor);
    return failed;
}
