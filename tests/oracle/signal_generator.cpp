#include "tests/oracle/signal_generator.hpp"

#include <fmt/format.h>

namespace watchword::oracle {

std::string SignalGenerator::signal(int number) {
    if (!inner_.empty() && chooser_.want("signal: signals as events", 8)) return of_signals(number);
    const bool sequences = chooser_.is_about("sequence") && (number != 0 || !chooser_.is_about("sequence: signal"));
    const int chance = sequences ? (is_about_windows() ? 50 : 85) : is_about_windows() ? 10 : 25;
    return random_.chance(chance) ? sequence(number) : plain(number);
}

bool SignalGenerator::is_about_windows() const {
    return chooser_.is_about("value") || chooser_.is_about("window") || chooser_.is_about("usual") ||
           chooser_.is_about("people") || chooser_.is_about("signal: parameter");
}

std::string SignalGenerator::except(const std::string& what) {
    const EventRow& event = event_row(random_.of(activity));
    return clause(what, fmt::format("  except \"known\" owner \"o\" until {} on {} {{ {} }}\n", until_, event.name,
                                    expressions_.condition(event.fields, 1)));
}

std::string SignalGenerator::plain(int number) {
    const bool family = chooser_.want("signal: family of events", 8);
    const bool two = !family && chooser_.want("signal: several events", 12);
    const bool parameter = chooser_.want("signal: parameter", 20);
    const EventRow& event =
        event_row(chooser_.is_about("condition: another person's attribute") && !family && !two ? "act.send"
                                                                                                : random_.of(activity));
    std::string text = fmt::format("signal S{}{}\n", number, parameter ? " (limit int = 2)" : "");
    if (family)
        text += "  on " + clause("signal: family of events", "act.*", event.name) + "\n";
    else
        text += fmt::format("  on {}{}\n", event.name,
                            two ? clause("signal: several events", ", " + random_.of(activity)) : "");
    const std::vector<FieldRow> fields = family || two ? std::vector<FieldRow>{} : event.fields;
    const bool about_condition = chooser_.is_about("condition") || chooser_.is_about("calendar");
    if (chooser_.want("signal: where", about_condition ? 90 : 55))
        text += clause("signal: where", "  where " + expressions_.condition(fields, 2) + "\n");
    if (!fields.empty() && chooser_.want("signal: by", 25))
        text += clause("signal: by", "  by " + expressions_.key(fields) + "\n");
    const bool about_when = is_about_windows();
    if (chooser_.want("signal: when", about_condition ? 30 : about_when ? 95 : 65))
        text += clause("signal: when", "  when " + expressions_.windowed(fields, parameter) + "\n");
    if (chooser_.want("signal: except", 8)) text += except("signal: except");
    const std::string name = fmt::format("S{}", number);
    if (!parameter) inner_.push_back(name);
    signals_.push_back({parameter && (random_.chance(60) || chooser_.is_about("signal: parameter"))
                            ? name + clause("signal: parameter", fmt::format("(limit: {})", random_.below(4)))
                            : name,
                        family || two ? "" : event.name});
    return text;
}

std::string SignalGenerator::of_signals(int number) {
    std::string heard = random_.of(inner_);
    const std::string other = random_.of(inner_);
    const bool both = other != heard;
    std::string text =
        fmt::format("signal S{}\n  on {} as s\n", number,
                    clause("signal: signals as events", "signal " + heard + (both ? ", " + other : ""), "act.*"));
    if (random_.chance(20)) text += fmt::format("  where s.type == \"{}\"\n", heard);
    if (random_.chance(15)) text += "  by s.type\n";
    if (random_.chance(70))
        text += both && random_.chance(60) ? fmt::format("  when distinct(s.type) over {} >= 2\n", span(1, 8))
                                           : fmt::format("  when count() over {} {} {}\n", span(1, 8),
                                                         expressions_.comparison(), random_.between(1, 3));
    signals_.push_back({fmt::format("S{}", number), ""});
    return text;
}

std::string SignalGenerator::sequence(int number) {
    const bool own_by = chooser_.want("sequence: by of a step", 6);
    const bool by = !own_by && (chooser_.want("sequence: by", 20) || chooser_.is_about("sequence: by of until"));
    const bool decided_late = chooser_.is_about("sequence: no first") || chooser_.is_about("sequence: no last");
    std::string text =
        fmt::format("signal S{}\n  sequence {}{} {{\n", number,
                    clause("sequence: within", "within " + span(1, decided_late ? 3 : 8), "within 9000d"),
                    by ? clause("sequence: by", " by color") : "");
    const std::size_t before = text.size();
    if (!by && !own_by) text += forbidden("sequence: no first", 8);
    const bool is_short =
        chooser_.is_about("sequence: times") || chooser_.is_about("sequence: no") || chooser_.is_about("sequence: by");
    const int count = random_.between(2, is_short ? 2 : 4);
    for (int index = 0; index < count; ++index) {
        text += step(index, by, own_by);
        if (index + 1 < count && !by && !own_by) text += forbidden("sequence: no between", 20);
    }
    std::string closing = !by && !own_by ? forbidden("sequence: no last", 15) : "";
    text += closing + "  }\n" + until(by || own_by);
    // The oracle hears no signals at deadlines.
    if (closing.empty() && text.find("signal", before) == std::string::npos)
        inner_.push_back(fmt::format("S{}", number));
    if (chooser_.want("signal: except", 4)) text += except("signal: except");
    signals_.push_back({fmt::format("S{}", number), ""});
    return text;
}

std::string SignalGenerator::step(int index, bool by, bool own_by) {
    const bool keyed = by || own_by;
    if (!keyed && !inner_.empty() && index != 0 && chooser_.want("sequence: signal as a step", 10))
        return "    " + clause("sequence: signal as a step", "signal " + random_.of(inner_), random_.of(activity)) +
               "\n";
    // An `until` that one of the steps is has seldom anything to clear in another key.
    const std::string type = chooser_.is_about("sequence: by of until") ? "act.copy"
                             : keyed ? random_.of<std::string>({"act.copy", "act.logon"})
                                     : random_.of(activity);
    if (index == 0) first_ = type;
    std::string where;
    // What is about other things than conditions has few of them, or it would seldom come to its end.
    if (chooser_.want("sequence: where", chooser_.is_about("sequence") ? 25 : 50))
        where = clause("sequence: where", "(" + expressions_.condition(event_row(type).fields, 1) + ")", "true");
    if (index != 0 && type != "act.send" && first_ != "act.send" && chooser_.want("sequence: earlier step", 30))
        where += (where.empty() ? "" : " and ") + clause("sequence: earlier step", "color == a.color", "true");
    const bool times = index != 0 && chooser_.want("sequence: times", 15);
    return fmt::format("    {}{}{}{}{}\n", type, index == 0 ? " as a" : "", where.empty() ? "" : " where " + where,
                       own_by ? clause("sequence: by of a step", " by color") : "",
                       times ? clause("sequence: times", " times 2") : "");
}

std::string SignalGenerator::forbidden(std::string_view name, int percent) {
    if (!chooser_.want(name, percent)) return "";
    const std::string type = random_.of(activity);
    const std::string where =
        random_.chance(60) ? " where " + expressions_.condition(event_row(type).fields, 1) : std::string();
    return clause(name, fmt::format("    no {}{}\n", type, where));
}

std::string SignalGenerator::until(bool by) {
    const bool by_too = by && chooser_.want("sequence: by of until", 40);
    if (!by_too && !chooser_.want("sequence: until", 20)) return "";
    const std::string type = chooser_.is_about("sequence: by of until") ? "act.logon"
                             : by_too ? random_.of<std::string>({"act.logon", "act.copy"})
                                      : random_.of<std::string>({"act.send", "act.logon", "act.copy"});
    const std::string where = random_.chance(60) ? " where " + expressions_.condition(event_row(type).fields, 1) : "";
    return clause("sequence: until", fmt::format("  until {}{}{}\n", type, where,
                                                 by_too ? clause("sequence: by of until", " by color") : ""));
}

} // namespace watchword::oracle
