// What could stand at a place of a policy text that somebody is typing. Reads tokens alone, for such text seldom
// parses: the declaration it is in, the clause, what the clause hears. Which names there are it does not know.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

struct CompletionPlace {
    std::uint32_t begin = 0; ///< of the word that is being typed, which ends at the place
    std::string before;      ///< `employee` or `m` where the word stands behind that and a dot
    std::uint32_t path_begin = 0;

    // what is wanted; several may be
    bool declaration = false, module = false, type = false, event = false, value = false;
    bool signal = false, policy = false, action = false, calendar = false, baseline = false, source = false;
    bool windowed = false;                 ///< with `value`: counts and sums may stand here
    bool duration = false, number = false; ///< a constant of that type may stand in place of a literal
    std::vector<std::string> words;        ///< of the grammar
    std::vector<std::string> own_names;    ///< that the declaration itself introduces: parameters, names of cases

    std::vector<std::string> heard;                          ///< patterns as written: `file.copy`, `file.*`
    std::vector<std::string> heard_signals;                  ///< `on signal X`
    std::map<std::string, std::vector<std::string>> aliases; ///< of steps and triggers, with their patterns
    std::string record_of;                                   ///< an event, or `employee`: its fields are wanted
    std::string compared;                                    ///< what stands left of `==`: its words are wanted first
    std::string compared_of;                                 ///< the event whose field that is, else what is heard
    std::string source_name;                                 ///< its columns may stand here
};

CompletionPlace completion_place(std::string_view text, std::uint32_t offset);

} // namespace watchword::desk
