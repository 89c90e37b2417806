#include "desk/starter.hpp"

#include "dsl/formatter.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace watchword::desk {

namespace {

constexpr std::string_view policy_text =
    R"(## What {name} watches for. Change it, run `watchword test .`, and see what it would have found with `watchword run`.
module {name}

use hr, activity, actions{uses}

## Sticks that the organisation hands out: copying to them is fine.
list approved_devices from "approved_devices.txt"

signal BulkCopy "Copied much to removable media within an hour"
  on    file.copy
  where removable and not (device ?? "") in approved_devices
  when  sum(bytes) over 1h > 100MB

signal ArchiveThenMail "Packed an archive and sent mail with attachments to outside"
  sequence within 2h {
    file.archive
    email.send where external and attachments > 0
  }
{signals}
policy Leaver "Somebody who is leaving takes files along" {
  id      "{upper}-1"
  purpose "Protect company data while people who have given notice still work here"
  basis   "To be agreed with the works council before use"
  owner   "insider-threat@corp.example"

  opens      on hr.resignation as notice
  looks back 14d
  closes     7d after notice.last_day, on hr.resignation_withdrawn, or after 120d

  score {
    +50 for BulkCopy, at most 100
    +50 for ArchiveThenMail, once
{terms}    halves every 14d
    at most 100
  }

  alert medium at 40 do notify("insider-threat")
  alert high   at 80 do notify("insider-threat"), restrict("removable media")
}

test "a bulk copy after the notice is a medium alert" {
  at 2025-03-03 09:00 hr.resignation { user: "anna", last_day: 2025-03-31 }
  at 2025-03-04 18:00 file.copy { user: "anna", host: "pc7", path: "/plans.zip", bytes: 150MB, removable: true }
  expect alert Leaver medium for "anna" at 2025-03-04 18:00 because BulkCopy
  expect nothing else
}

test "a copy before the notice is found by looking back" {
  at 2025-03-01 18:00 file.copy { user: "anna", host: "pc7", path: "/plans.zip", bytes: 150MB, removable: true }
  at 2025-03-03 09:00 hr.resignation { user: "anna", last_day: 2025-03-31 }
  expect alert Leaver medium for "anna" at 2025-03-03 09:00
}

test "an approved stick is fine" {
  at 2025-03-03 09:00 hr.resignation { user: "anna", last_day: 2025-03-31 }
  at 2025-03-04 18:00 file.copy { user: "anna", host: "pc7", path: "/plans.zip", bytes: 150MB, removable: true, device: "Corp-Encrypted-USB" }
  expect no alert
}

test "nobody is watched without a reason" {
  at 2025-03-04 18:00 file.copy { user: "bert", host: "pc8", path: "/plans.zip", bytes: 150MB, removable: true }
  expect no watch Leaver for "bert"
  expect no alert
}
)";

constexpr std::string_view devices_text = "# one device a line, as the logs name it\nCorp-Encrypted-USB\nYubiKey\n";

constexpr std::string_view hr_text =
    R"({"type":"hr.resignation","time":"2025-03-03T09:00:00Z","user":"anna","last_day":"2025-03-31T00:00:00Z"}
)";

constexpr std::string_view events_text =
    R"({"type":"file.copy","time":"2025-03-01T18:00:00Z","user":"anna","host":"pc7","path":"/plans/2025.zip","bytes":150000000,"removable":true}
{"type":"file.copy","time":"2025-03-04T18:00:00Z","user":"bert","host":"pc8","path":"/photos.zip","bytes":150000000,"removable":true}
{"type":"file.archive","time":"2025-03-05T17:10:00Z","user":"anna","host":"pc7","path":"/customers.7z","bytes":20000000}
{"type":"email.send","time":"2025-03-05T17:25:00Z","user":"anna","recipients":["anna@home.example"],"bytes":20000000,"attachments":1,"external":true}
)";

std::string replace(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
    return text;
}

std::string signal_of(const StarterLog& log) {
    std::string name;
    bool begins = true;
    for (const char c : log.name) {
        if (c == '_') {
            begins = true;
            continue;
        }
        name += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        begins = false;
    }
    return "Many" + name;
}

std::string canonical(std::string_view name, const std::string& text) {
    dsl::Sources sources;
    dsl::Diagnostics diagnostics;
    return dsl::format_text(sources, name, text, diagnostics).value_or(text);
}

std::string policy_of(std::string_view name, const std::vector<StarterLog>& logs) {
    std::string uses, signals, terms, upper;
    for (const StarterLog& log : logs) {
        uses += ", " + log.name;
        signals += fmt::format("\n## To begin with: what matters about these records you know better.\n"
                               "signal {} \"Unusually many records of {} within an hour\"\n"
                               "  on {}.record\n  when count() over 1h > 200\n",
                               signal_of(log), log.name, log.name);
        terms += fmt::format("    +10 for {}, at most 20\n", signal_of(log));
    }
    for (const char c : name) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::string text{policy_text};
    text = replace(text, "{name}", name);
    text = replace(text, "{uses}", uses);
    text = replace(text, "{signals}", signals);
    text = replace(text, "{terms}", terms);
    return replace(text, "{upper}", upper);
}

std::string readme_of(std::string_view name, const std::vector<StarterLog>& logs) {
    std::string text = fmt::format("# {0}\n\n"
                                   "| file | is |\n|---|---|\n"
                                   "| `{0}.watch` | the policy, its signals and its tests |\n"
                                   "| `approved_devices.txt` | a list that the policy reads |\n",
                                   name);
    for (const StarterLog& log : logs)
        text += fmt::format("| `{}.watch` | how records like those of `{}` become events |\n", log.name,
                            std::filesystem::path(log.path).filename().string());
    text += "| `sample/` | a few records to try it on |\n\nTyped in this folder:\n\n";
    for (const std::string& command : starter_commands(name, logs)) text += "    " + command + "\n";
    return text + "\n`watchword doc` lists the events and functions that a policy can name; `watchword explain-code "
                  "CODE` says "
                  "what a\nmessage means.\n";
}

} // namespace

std::vector<std::string> starter_commands(std::string_view name, const std::vector<StarterLog>& logs) {
    std::string run = fmt::format("watchword run {}.watch -i sample/hr.jsonl -i sample/events.jsonl", name);
    for (const StarterLog& log : logs) {
        std::error_code error;
        const std::filesystem::path path = std::filesystem::absolute(log.path, error);
        run += fmt::format(" -i {}={}", log.name, error ? log.path : path.string());
    }
    return {"watchword check .", "watchword test .", run + " --output table"};
}

std::vector<StarterFile> starter_files(std::string_view name, const std::vector<StarterLog>& logs) {
    std::vector<StarterFile> files;
    files.push_back({"README.md", readme_of(name, logs)});
    const std::string policy = fmt::format("{}.watch", name);
    files.push_back({policy, canonical(policy, policy_of(name, logs))});
    for (const StarterLog& log : logs) {
        const std::string text =
            fmt::format("## Records like those of `{}`, told from the first {} of them: see whether "
                        "the types and the\n## sensitive fields are right.\nmodule {}\n\n{}",
                        std::filesystem::path(log.path).filename().string(), log.sample.records, log.name,
                        write_source(log.sample, log.name));
        files.push_back({log.name + ".watch", canonical(log.name, text)});
    }
    files.push_back({"approved_devices.txt", std::string{devices_text}});
    files.push_back({"sample/hr.jsonl", std::string{hr_text}});
    files.push_back({"sample/events.jsonl", std::string{events_text}});
    return files;
}

} // namespace watchword::desk
