// Writes the six policies of w6.watch and as many more rules of the same five shapes as asked, each with constants of
// its own: most name one host or some devices, one in twenty a process that a fifth of all events name. Usage:
// bench_generate_policies RULES [hr]     hr: every rule in one policy that a termination opens
#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace {

constexpr std::size_t written = 6; ///< rules that every workload has: five signals and the score over them

struct Signal {
    std::string name, text, points;
    bool leaver = false;
};

const std::vector<Signal> base{
    {"DesignArchive", R"(signal DesignArchive
  on    file.copy
  where removable and bytes > 15MB and path contains "Designs" and path endswith ".7z"
)",
     "+20 for DesignArchive, at most 60"},
    {"ManyCopies", R"(signal ManyCopies
  on    file.copy
  when  count() over 1h > 50
)",
     "+5  for ManyCopies, at most 20"},
    {"ManyHosts", R"(signal ManyHosts
  on    auth.logon
  where outcome == success
  when  distinct(host) over 24h > 5
)",
     "+10 for ManyHosts, at most 40"},
    {"ConnectCopyLogoff", R"(signal ConnectCopyLogoff
  sequence within 30m by host {
    device.connect
    file.copy   where removable
    auth.logoff
  }
)",
     "+30 for ConnectCopyLogoff, at most 60"},
    {"UploadsAfterTermination", R"(signal UploadsAfterTermination
  on    web.upload
  when  sum(bytes) over 7d > 100MB
)",
     "+50 for UploadsAfterTermination, at most 100", true},
};

/// Rule number `i` beyond the six.
Signal rule(std::size_t i) {
    const std::string name = fmt::format("Rule{}", i);
    const std::string host = fmt::format("host == \"pc-{:05}.corp.example\"", (i * 7919 + 13) % 20'000);
    const std::string devices = fmt::format(R"(device in ["usb-{:04x}", "usb-{:04x}", "usb-{:04x}"])",
                                            (i * 31) % 65'536, (i * 57 + 1) % 65'536, (i * 91 + 2) % 65'536);
    constexpr std::array processes{"explorer.exe", "chrome.exe", "outlook.exe", "robocopy.exe", "powershell.exe"};
    const std::string guard = i % 20 == 19 ? fmt::format("process == \"{}\"", processes[i / 20 % processes.size()])
                              : i % 3 == 2 ? devices
                                           : host;
    Signal signal{name, "", fmt::format("+2 for {}, at most 6", name)};
    switch (i % 5) {
    case 0:
        signal.text = fmt::format("  on    file.copy\n  where {} and removable and bytes > {}MB\n", guard, 5 + i % 13);
        break;
    case 1:
        signal.text = fmt::format("  on    file.copy\n  where {}\n  when  count() over 1h > {}\n", guard, 20 + i % 50);
        break;
    case 2:
        signal.text =
            fmt::format("  on    auth.logon\n  where outcome == success and {}\n  when  distinct(host) over 24h > {}\n",
                        guard, 3 + i % 6);
        break;
    case 3:
        signal.text = fmt::format("  sequence within {}m by host {{\n    device.connect where {}\n    file.copy where "
                                  "removable and {}\n    auth.logoff where {}\n  }}\n",
                                  10 + i % 50, guard, guard, guard);
        break;
    default:
        signal.text = fmt::format("  on    web.upload\n  where {}\n  when  sum(bytes) over {}d > {}MB\n", guard,
                                  1 + i % 13, 80 + i % 90);
        signal.leaver = true;
    }
    signal.text = fmt::format("signal {}\n{}", name, signal.text);
    return signal;
}

constexpr std::string_view head = R"(module bench

event file.open      { user person  host host  outcome enum(success, failure)  bytes size  removable bool  sensitive path text  process text  device text }
event file.copy      { user person  host host  outcome enum(success, failure)  bytes size  removable bool  sensitive path text  process text  device text }
event web.visit      { user person  host host  bytes size  process text  device text }
event web.upload     { user person  host host  bytes size  process text  device text }
event auth.logon     { user person  host host  outcome enum(success, failure)  process text  device text }
event auth.logoff    { user person  host host  process text  device text }
event device.connect { user person  host host  removable bool  process text  device text }
event email.send     { user person  bytes size }
event hr.termination { user person }

)";

void policy(const char* name, const char* opens, const std::vector<Signal>& signals, const char* decay,
            const char* alerts) {
    fmt::print("policy {} {{\n  purpose \"Measure the engine\"\n  basis   \"Invented data\"\n  owner   "
               "\"bench@corp.example\"\n  {}\n  score {{\n",
               name, opens);
    for (const Signal& signal : signals) fmt::print("    {}\n", signal.points);
    fmt::print("{}    at most 100\n  }}\n{}}}\n\n", decay, alerts);
}

} // namespace

int main(int count, char** arguments) {
    const std::size_t rules = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : written;
    const bool hr = count > 2;
    fmt::print("{}", head);
    std::vector<Signal> everyday, leaver;
    const auto add = [&](Signal signal) {
        fmt::print("{}\n", signal.text);
        (signal.leaver && !hr ? leaver : everyday).push_back(std::move(signal));
    };
    for (const Signal& signal : base) add(signal);
    for (std::size_t i = written; i < rules; ++i) add(rule(i - written));
    policy("Everyday",
           hr ? "opens on hr.termination closes after 30d" : "opens always because \"the bench watches all\"", everyday,
           "    halves every 2h\n", "  alert low at 30\n  alert medium at 60\n  alert high at 90\n");
    if (!hr) policy("Leaver", "opens on hr.termination closes after 30d", leaver, "", "  alert medium at 50\n");
}
