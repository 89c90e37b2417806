// Random signals and sequences.
#pragma once

#include "tests/oracle/expression_generator.hpp"

#include <string>
#include <vector>

namespace watchword::oracle {

/// What a policy can do with a signal.
struct GeneratedSignal {
    std::string use;   ///< `S1`, `S2(limit: 3)`
    std::string event; ///< what it hears if that is one type of event
};

class SignalGenerator {
public:
    SignalGenerator(Chooser& chooser, ExpressionGenerator& expressions, std::string until)
        : chooser_(chooser), random_(chooser.random()), expressions_(expressions), until_(std::move(until)) {}

    /// The declaration of the signal with that number.
    std::string signal(int number);
    std::string except(const std::string& what);
    const std::vector<GeneratedSignal>& signals() const { return signals_; }

private:
    bool is_about_windows() const;
    std::string plain(int number);
    std::string of_signals(int number);
    std::string sequence(int number);
    std::string steps(bool by);
    std::string step(int index, bool by, bool own_by);
    std::string forbidden(std::string_view name, int percent);
    std::string until(bool by);
    std::string span(int low, int high) { return expressions_.duration(random_.between(low, high)); }

    Chooser& chooser_;
    Random& random_;
    ExpressionGenerator& expressions_;
    std::string until_; ///< end of exceptions, a date
    std::string first_; ///< type of the first step
    std::vector<GeneratedSignal> signals_;
    std::vector<std::string> inner_; ///< signals that others can hear
};

} // namespace watchword::oracle
