// What a file of foreign records looks like, judged by its first records: which columns there are, what their values
// could be, which one names the person and which the time. And the `source` that reads such files. Knows no policy.
#pragma once

#include "desk/time_forms.hpp"
#include "runtime/type.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace watchword::desk {

inline constexpr std::size_t sample_records = 1000; ///< so many are looked at
inline constexpr std::size_t sample_words = 12;     ///< a text with so many different values or fewer is a choice

struct SampleColumn {
    std::string header; ///< as in the file; of JSON a dotted path
    runtime::Kind kind = runtime::Kind::text;
    bool optional = false;          ///< some record has no value
    TimeForm form;                  ///< of times that have to be told how to be read
    bool is_date = false;           ///< of times: without a time of day
    std::string clock_format;       ///< of texts that are times of day
    std::vector<std::string> words; ///< all values of a choice, in order
};

struct Sample {
    std::string format; ///< csv, json
    char delimiter = ',';
    std::vector<SampleColumn> columns;
    std::size_t records = 0;
    std::size_t person = 0;           ///< index of the column that names the account
    std::size_t time = 0;             ///< of the one that says when
    std::optional<std::size_t> clock; ///< of the one that says at what time of the day, if `time` does not
    std::optional<std::size_t> id;    ///< of the one that tells records apart
};

struct SampleOptions {
    std::string path;
    std::string person, time; ///< headers of these columns; if there is none such: found by name and values
};

/// Reads the beginning of a CSV or JSON Lines file, plain or compressed. Else a sentence that says why that cannot be.
std::variant<Sample, std::string> read_sample(const SampleOptions& options);

/// What was decided about the sample although its values could be read otherwise; sentences.
std::vector<std::string> doubts_about(const Sample& sample);

/// Declarations `event NAME.record` and `source NAME`, as policy text; `module` and `use` stand before them.
std::string write_source(const Sample& sample, std::string_view name);

/// A name of the language: lower case, letters, digits and `_`, not a reserved word. `Opened At` is `opened_at`.
std::string name_from(std::string_view text);

} // namespace watchword::desk
