// Chance with subjects: each case is about a few clauses, which it has more often than others, so that all clauses of
// the language decide something in some cases.
#pragma once

#include "tests/oracle/clause_text.hpp"
#include "tests/oracle/random.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::oracle {

/// Every clause that the random cases have to show at work.
const std::vector<std::string>& all_clauses();

class Chooser {
public:
    Chooser(Random& random, std::vector<std::string> subjects) : random_(random), subjects_(std::move(subjects)) {}

    Random& random() { return random_; }
    /// Whether some subject begins so.
    bool is_about(std::string_view beginning) const { return subject(beginning) != nullptr; }
    /// The first subject that begins so; nullptr: none.
    const std::string* subject(std::string_view beginning) const {
        for (const std::string& subject : subjects_)
            if (subject.starts_with(beginning)) return &subject;
        return nullptr;
    }
    /// True with that chance in a hundred, nearly always if the case is about the clause.
    bool want(std::string_view name, int percent) {
        const bool about = std::find(subjects_.begin(), subjects_.end(), name) != subjects_.end();
        return random_.chance(about ? 90 : percent);
    }
    /// The clause or nothing.
    std::string perhaps(std::string_view name, int percent, std::string_view text) {
        return want(name, percent) ? clause(name, text) : std::string();
    }

private:
    Random& random_;
    std::vector<std::string> subjects_;
};

} // namespace watchword::oracle
