// People are matched by pseudonym; every figure counts people, not alerts.
#include "stdlib/evaluate.hpp"

#include "runtime/program.hpp"
#include "stdlib/sinks/json_writer.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace watchword::stdlib {

namespace {

struct Truth {
    std::string person, style, trigger; ///< style empty: an innocent leaver
};

/// The highest alert of a person that a signal brought about.
struct Detection {
    std::size_t level = 0; ///< index in level_names
    double score = -1;
    std::string signal; ///< the strongest
};

std::string text_of(const simdjson::dom::element& record, const char* key) {
    std::string_view text;
    return record[key].get(text) == simdjson::SUCCESS ? std::string{text} : std::string{};
}

/// Calls `use` with each line; the sentence of what is wrong, or an empty one.
template <class Use>
std::string each_line(std::string_view text, std::string_view what, Use use) {
    simdjson::dom::parser parser;
    std::size_t line = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view record = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++line;
        if (record.empty()) continue;
        simdjson::dom::element element;
        if (parser.parse(record.data(), record.size()).get(element) != simdjson::SUCCESS || !element.is_object())
            return fmt::format("{}, line {}: no JSON object", what, line);
        use(element);
    }
    return {};
}

std::optional<std::size_t> level_index(std::string_view name) {
    const auto found = std::find(runtime::level_names.begin(), runtime::level_names.end(), name);
    if (found == runtime::level_names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - runtime::level_names.begin());
}

std::string strongest_signal(const simdjson::dom::element& alert) {
    simdjson::dom::array contributions;
    if (alert["contributions"].get(contributions) != simdjson::SUCCESS) return {};
    std::string signal;
    double most = -1;
    for (const simdjson::dom::element& contribution : contributions) {
        double points = 0;
        if (contribution["points"].get(points) != simdjson::SUCCESS || points <= most) continue;
        most = points;
        signal = text_of(contribution, "signal");
    }
    return signal;
}

class Judge {
public:
    Judge(std::string_view truth, const Pseudonyms& pseudonyms) : pseudonyms_(pseudonyms) {
        evaluation_.problem = each_line(truth, "the truth", [&](const simdjson::dom::element& record) {
            Truth entry{text_of(record, "person"), text_of(record, "style"), text_of(record, "trigger")};
            if (entry.style.empty()) ++evaluation_.innocent_leavers;
            truth_.push_back(std::move(entry));
        });
    }

    Evaluation judge(std::string_view alerts) {
        if (!evaluation_.problem.empty()) return evaluation_;
        evaluation_.problem =
            each_line(alerts, "the alerts", [&](const simdjson::dom::element& record) { take(record); });
        if (evaluation_.problem.empty() && evaluation_.alerts == 0 && others_ != 0)
            evaluation_.problem = "none of the alerts' records is one as `run --output ndjson` writes it";
        if (!evaluation_.problem.empty()) return evaluation_;
        evaluation_.knows_nobody =
            !detections_.empty() && !truth_.empty() &&
            std::none_of(truth_.begin(), truth_.end(), [&](const Truth& entry) { return detection_of(entry, 0); });
        evaluation_.flagged = flagged_.size();
        for (const std::string_view level : {"medium", "high"}) evaluation_.levels.push_back(judge_level(level));
        return evaluation_;
    }

private:
    void take(const simdjson::dom::element& record);
    LevelJudgement judge_level(std::string_view level) const;
    /// Of each signal the style that it mostly finds, among the people of this level.
    std::map<std::string, std::string> styles_of_signals(std::size_t level) const;
    const Detection* detection_of(const Truth& entry, std::size_t level) const {
        for (const std::string& name : {pseudonyms_.person(entry.person), entry.person}) {
            const auto found = detections_.find(name);
            if (found != detections_.end() && found->second.level >= level) return &found->second;
        }
        return nullptr;
    }

    const Pseudonyms& pseudonyms_;
    Evaluation evaluation_;
    std::vector<Truth> truth_;
    std::map<std::string, Detection> detections_; ///< by subject, as the alerts name it
    std::map<std::string, bool> flagged_;
    std::uint64_t others_ = 0; ///< records that are no alerts
};

void Judge::take(const simdjson::dom::element& record) {
    bool ends = false;
    if (record["ends"].get(ends) == simdjson::SUCCESS && ends) return;
    const std::optional<std::size_t> level = level_index(text_of(record, "level"));
    const std::string subject = text_of(record, "subject");
    if (!level || subject.empty()) return void(++others_);
    ++evaluation_.alerts;
    // `on open` and `on signal` pass on what HR said; what the person did shows in the score.
    std::string_view cause;
    if (record["cause"]["kind"].get(cause) == simdjson::SUCCESS && cause != "level") {
        flagged_[subject] = true;
        return;
    }
    double score = 0;
    if (record["score"].get(score) != simdjson::SUCCESS) score = 0;
    Detection& detection = detections_[subject];
    if (detection.score >= 0 && std::pair{*level, score} <= std::pair{detection.level, detection.score}) return;
    detection = {*level, score, strongest_signal(record)};
}

std::map<std::string, std::string> Judge::styles_of_signals(std::size_t level) const {
    std::map<std::string, std::map<std::string, int>> found;
    for (const Truth& entry : truth_) {
        const Detection* detection = entry.style.empty() ? nullptr : detection_of(entry, level);
        if (detection != nullptr) ++found[detection->signal][entry.style];
    }
    std::map<std::string, std::string> result;
    for (const auto& [signal, styles] : found)
        result[signal] = std::max_element(styles.begin(), styles.end(), [](const auto& left, const auto& right) {
                             return left.second < right.second;
                         })->first;
    return result;
}

LevelJudgement Judge::judge_level(std::string_view name) const {
    const std::size_t level = *level_index(name);
    LevelJudgement result;
    result.level = name;
    const std::map<std::string, std::string> style_of = styles_of_signals(level);
    std::map<std::string, const Truth*> known; // by subject, as the alerts name it
    for (const Truth& entry : truth_) {
        known[pseudonyms_.person(entry.person)] = known[entry.person] = &entry;
        const bool found = detection_of(entry, level) != nullptr;
        if (entry.style.empty()) {
            result.innocent_leavers += found ? 1 : 0;
            continue;
        }
        StyleJudgement& style = result.styles[entry.style];
        ++style.insiders, ++result.insiders;
        if (found)
            ++style.found, ++result.found;
        else
            result.missed.push_back(fmt::format("{}: {}, {}", entry.person, entry.style,
                                                entry.trigger.empty() ? "HR said nothing that opens a watch"
                                                                      : "flagged by " + entry.trigger));
    }
    for (const auto& [subject, detection] : detections_) {
        if (detection.level < level) continue;
        ++result.accused;
        const auto entry = known.find(subject);
        const bool is_insider = entry != known.end() && !entry->second->style.empty();
        if (!is_insider)
            result.wronged.push_back(fmt::format("{}: {}{}", entry == known.end() ? subject : entry->second->person,
                                                 detection.signal, entry == known.end() ? "" : ", an innocent leaver"));
        const auto style = style_of.find(detection.signal);
        if (style == style_of.end()) continue;
        StyleJudgement& judgement = result.styles[style->second];
        ++judgement.accused;
        if (is_insider && entry->second->style == style->second) ++judgement.rightly;
    }
    return result;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? "-" : fmt::format("{} %", (part * 200 + whole) / (whole * 2));
}

void append_row(std::string& out, std::string_view name, std::uint64_t insiders, std::uint64_t found,
                std::uint64_t accused, std::uint64_t rightly) {
    fmt::format_to(std::back_inserter(out), "  {:<10} {:>8} {:>6} {:>8} {:>8} {:>10}\n", name, insiders, found,
                   percent(found, insiders), accused, percent(rightly, accused));
}

} // namespace

Evaluation evaluate(std::string_view alerts, std::string_view truth, const Pseudonyms& pseudonyms) {
    return Judge{truth, pseudonyms}.judge(alerts);
}

void append_evaluation_text(std::string& out, const Evaluation& evaluation) {
    fmt::format_to(std::back_inserter(out), "{} alerts; {} people flagged by HR's word alone, which is no detection\n",
                   evaluation.alerts, evaluation.flagged);
    for (const LevelJudgement& level : evaluation.levels) {
        fmt::format_to(std::back_inserter(out), "\n{} or above\n  {:<10} {:>8} {:>6} {:>8} {:>8} {:>10}\n", level.level,
                       "style", "insiders", "found", "recall", "accused", "precision");
        for (const auto& [name, style] : level.styles)
            append_row(out, name, style.insiders, style.found, style.accused, style.rightly);
        append_row(out, "all", level.insiders, level.found, level.accused, level.found);
        fmt::format_to(std::back_inserter(out), "  innocent leavers accused: {} of {}\n", level.innocent_leavers,
                       evaluation.innocent_leavers);
        for (const std::string& missed : level.missed) out += "  missed   " + missed + "\n";
        for (const std::string& wronged : level.wronged) out += "  wronged  " + wronged + "\n";
    }
}

void append_evaluation_json(std::string& out, const Evaluation& evaluation) {
    JsonWriter json{out};
    json.begin_object();
    json.member("alerts", evaluation.alerts);
    json.member("flagged", evaluation.flagged);
    json.member("innocent_leavers", evaluation.innocent_leavers);
    json.key("levels");
    json.begin_array();
    for (const LevelJudgement& level : evaluation.levels) {
        json.begin_object();
        json.member("level", level.level);
        json.member("insiders", level.insiders);
        json.member("found", level.found);
        json.member("accused", level.accused);
        json.member("innocent_leavers", level.innocent_leavers);
        json.key("styles");
        json.begin_object();
        for (const auto& [name, style] : level.styles) {
            json.key(name);
            json.begin_object();
            json.member("insiders", style.insiders);
            json.member("found", style.found);
            json.member("accused", style.accused);
            json.member("rightly", style.rightly);
            json.end_object();
        }
        json.end_object();
        for (const auto& [key, list] : {std::pair{"missed", &level.missed}, std::pair{"wronged", &level.wronged}}) {
            json.key(key);
            json.begin_array();
            for (const std::string& item : *list) json.text(item);
            json.end_array();
        }
        json.end_object();
    }
    json.end_array();
    json.end_object();
    out += '\n';
}

} // namespace watchword::stdlib
