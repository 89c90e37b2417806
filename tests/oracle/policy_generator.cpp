// Writes clauses by type; a clause that the checker would refuse is not written.
#include "tests/oracle/policy_generator.hpp"

#include "runtime/text.hpp"
#include "tests/oracle/signal_generator.hpp"
#include "tests/oracle/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace watchword::oracle {
namespace {

std::string date(runtime::Time time) { return runtime::show_time(time).substr(0, 10); }

struct Generator {
    Random& random;
    Chooser& chooser;
    runtime::Duration unit;
    runtime::Time start;
    ExpressionGenerator expressions{chooser, unit};
    SignalGenerator signals{chooser, expressions, date(start + random.between(0, 3) * runtime::one_day)};
    std::string text{};
    bool notice = false; ///< the trigger has a last day, under the name n
    int lasts = 0;       ///< the largest `after`
    bool named = false;  ///< n is the only trigger, so that what is asked later may read it

    template <class... Arguments>
    void line(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
        text += fmt::format(form, std::forward<Arguments>(arguments)...) + "\n";
    }
    template <class... Arguments>
    void line_of(std::string_view name, fmt::format_string<Arguments...> form, Arguments&&... arguments) {
        text += clause(name, fmt::format(form, std::forward<Arguments>(arguments)...) + "\n");
    }
    std::string span(int low, int high) { return expressions.duration(random.between(low, high)); }

    void calendar() {
        line("calendar work {{");
        if (chooser.want("calendar: days", 50))
            line_of("calendar: days", "  days {}", random.of<std::string>({"mon..fri", "sat..mon", "tue, thu..fri"}));
        if (chooser.want("calendar: hours", 80))
            line_of("calendar: hours", "  hours {}",
                    random.of<std::string>({"08:00..18:00", "22:00..06:00", "00:00..12:00, 13:00..16:00",
                                            "employee.shift..employee.shift_end", "02:00..03:00"}));
        if (chooser.want("calendar: zone", 30)) line_of("calendar: zone", "  zone \"Asia/Kolkata\"");
        if (chooser.want("calendar: holidays", 30)) line_of("calendar: holidays", "  holidays from \"holidays.csv\"");
        if (chooser.want("calendar: except", 20))
            line_of("calendar: except", "  except {}", expressions.employee_condition());
        line("}}\n");
    }

    /// A trigger that needs the one of another person or policy.
    bool opens_elsewhere(int number) {
        constexpr std::string_view plainly = "  opens on hr.notice as n";
        const bool level = chooser.want("policy: level of an alert", 20);
        if (number == 1 && (chooser.want("policy: opens on alert", 40) || chooser.is_about("policy: level of"))) {
            const std::string at =
                level ? clause("policy: level of an alert", " at " + random.of<std::string>({"low", "medium", "high"}))
                      : "";
            text += clause("policy: opens on alert", "  opens on alert P0" + at + "\n", std::string(plainly) + "\n");
            return true;
        }
        if (chooser.want("policy: opens on signal", 6)) {
            text += clause("policy: opens on signal", "  opens on signal Wave\n", std::string(plainly) + "\n");
            return true;
        }
        if (!chooser.want("policy: group trigger", 8)) return false;
        line("  opens on hr.cut as n{}{}",
             clause("policy: group trigger", " for employee.group == n.group", " for true"),
             chooser.perhaps("policy: anchor", 40, " at n.effective"));
        return true;
    }

    void opens(int number) {
        notice = false;
        if (!opens_elsewhere(number)) {
            const std::string anchor = chooser.perhaps("policy: anchor", 35, " at n.effective");
            notice = chooser.is_about("policy: closes after a date") || random.chance(75);
            line("  opens on {} as n{}{}", notice ? "hr.notice" : "hr.warning", anchor,
                 chooser.perhaps("policy: where of a trigger", 45, notice ? " where n.serious" : " where n.items > 1"));
            const bool several = chooser.want("policy: several triggers", 15);
            named = notice && !several;
            if (several) line_of("policy: several triggers", "  opens on {} as w", notice ? "hr.warning" : "hr.notice");
        }
    }

    void closes() {
        const bool is_long = chooser.is_about("window: per week") || chooser.is_about("usual");
        lasts = is_long ? random.between(20, 60) : random.between(4, 24);
        std::string closes = "after " + clause("policy: closes after", span(lasts, lasts), "400d");
        if (notice && chooser.want("policy: closes after a date", 40))
            closes = clause("policy: closes after a date", fmt::format("{} after n.last_day, ", span(1, 6))) + closes;
        if (chooser.want("policy: closes on", 40) || chooser.is_about("policy: where of a close"))
            closes += clause("policy: closes on",
                             ", on hr.stop as c" +
                                 chooser.perhaps("policy: where of a close", 50,
                                                 named && random.chance(40) ? " where n.serious" : " where c.serious"));
        line("  closes {}", closes);
    }

    void retrigger() {
        if (chooser.want("policy: extends at most", 12))
            line_of("policy: extends at most", "  retrigger extends, at most {}", span(lasts, lasts + 20));
        else if (chooser.want("policy: restarts", 15))
            line_of("policy: restarts", "  retrigger restarts");
        else if (chooser.want("policy: ignores", 15))
            line_of("policy: ignores", "  retrigger ignores");
    }

    /// Of a line of the score block or a booster.
    std::string condition_of_score() {
        if (named && random.chance(40)) return random.chance(50) ? "n.serious" : "has n.last_day";
        return expressions.employee_condition();
    }

    void policy(int number) {
        named = false;
        line("policy P{} \"Policy {}\" {{", number, number);
        line("  purpose \"p\"\n  basis \"b\"\n  owner \"o\"");
        if (chooser.want("policy: expires", 8))
            line_of("policy: expires", "  expires {}",
                    date(start + random.between(1, unit > runtime::one_hour ? 12 : 3) * runtime::one_day));
        const bool severity = chooser.want("alert: severity", 15);
        if (severity) line_of("alert: severity", "  severity high");
        if (chooser.want("policy: covers", 30))
            line_of("policy: covers", "  covers {}", expressions.employee_condition());
        const bool always = chooser.want("policy: opens always", 6);
        if (always) {
            text += clause("policy: opens always", "  opens always because \"r\"\n",
                           "  opens on hr.notice\n  closes after 400d\n");
        } else {
            opens(number);
            const bool about_others = chooser.is_about("condition: another person's attribute");
            if (chooser.want("policy: looks back", about_others ? 90 : 60) || chooser.is_about("score: lookback"))
                line_of("policy: looks back", "  looks back {}", about_others ? span(8, 20) : span(2, 10));
            closes();
            retrigger();
        }
        if (chooser.want("policy: except", 10)) text += signals.except("policy: except");
        score(always);
        alerts(severity);
        line("}}\n");
    }

    std::string points(const GeneratedSignal& signal) {
        const std::string plain = fmt::format("{}", 5 * random.between(1, 10));
        if (signal.event.empty() || !chooser.want("score: points from the event", 20)) return plain;
        const std::string computed = signal.event == "act.send"   ? "ratio * 20"
                                     : signal.event == "act.copy" ? "items * 6"
                                                                  : "if color == red then 30 else 5";
        return clause("score: points from the event", "(" + computed + ")", plain);
    }

    void score(bool always) {
        line("  score {{");
        const auto& all = signals.signals();
        for (std::size_t index = 0; index < all.size(); ++index) {
            if (index != 0 && index + 1 != all.size() && random.chance(20)) continue;
            std::string when;
            if (chooser.want("score: lookback", 8))
                when = clause("score: lookback", random.chance(50) ? " when lookback" : " when not lookback");
            else if (chooser.want("score: when", 12))
                when = clause("score: when", " when " + condition_of_score());
            std::string most;
            if (chooser.want("score: once", 15))
                most = clause("score: once", ", once");
            else if (chooser.want("score: at most of a signal", 35))
                most = clause("score: at most of a signal", fmt::format(", at most {}", 10 * random.between(1, 8)));
            line("    +{} for {}{}{}", points(all[index]), all[index].use, when, most);
        }
        if (always || chooser.want("score: halves every", 60))
            line_of("score: halves every", "    halves every {}", span(2, 12));
        if (chooser.want("score: times", 30))
            line_of("score: times", "    times {} when {}", random.of<std::string>({"1.5", "2", "0.5"}),
                    condition_of_score());
        if (chooser.want("score: at most", 55))
            line_of("score: at most", "    at most {}", random.of<int>({30, 50, 80, 100}));
        line("  }}");
    }

    void alerts(bool severity) {
        if (severity)
            line("  alert on open");
        else if (chooser.want("alert: on open", 20))
            line_of("alert: on open", "  alert low on open");
        int at = 5 * random.between(1, 5);
        for (const char* level : {"low", "medium", "high"}) {
            if (random.chance(25)) continue;
            line_of("alert: at", "  alert {} at {}{}", level, at,
                    chooser.perhaps("alert: rearms below", 20, fmt::format(" rearms below {}", random.between(1, at))));
            at += 5 * random.between(1, 5);
        }
        if (chooser.want("alert: on signal", 25))
            line_of("alert: on signal", "  alert high on {}", random.of(signals.signals()).use);
        line("  alert critical at {}", at + 20);
    }

    void risk() {
        std::string combine = random.chance(60) ? "sum" : "max";
        text += clause("risk: levels", fmt::format("risk {{ combine {}; medium at {}; high at {} }}\n",
                                                   clause("risk: combine", combine, combine == "sum" ? "max" : "sum"),
                                                   5 * random.between(2, 6), 5 * random.between(7, 16)));
    }

    void write() {
        const std::string zone =
            chooser.perhaps("people: zone of the module", 20, fmt::format(" zone \"{}\"", random.of(zones)));
        text = "module random" + zone + "\n\n" + declarations() + "\n";
        calendar();
        line("signal Wave on hr.notice, hr.warning across employee.group when distinct(user) over {} >= 2\n",
             span(2, 12));
        const bool needs_two = chooser.is_about("signal: signals as events") || chooser.is_about("sequence: signal");
        const int count = random.between(needs_two ? 2 : 1, 4);
        for (int number = 0; number < count; ++number) text += signals.signal(number) + "\n";
        const bool escalates = chooser.is_about("policy: opens on alert") || chooser.is_about("policy: level of");
        const bool folds = chooser.is_about("risk");
        const int policies = escalates || folds ? 2 : random.between(1, 2);
        for (int number = 0; number < policies; ++number) policy(number);
        if (folds || random.chance(8)) risk();
    }
};

Files files_for(Random& random, runtime::Time start) {
    Files files;
    files["words.txt"] = "report.zip\nPlan\n";
    files["pairs.csv"] = "group,word\nnone,zip\nred,plan\nblue,Plan B\nnone,plan\n";
    files["holidays.csv"] = fmt::format("date\n{}\n{}\n", date(start), date(start + 2 * runtime::one_day));
    files["peers.csv"] = "group,date,mean,stddev,n\n";
    for (int day = -3; day < 40; day += random.between(2, 9))
        for (const char* group : {"none", "red", "blue"})
            files["peers.csv"] +=
                fmt::format("{},{},{},{},8\n", group, date(start + day * runtime::one_day),
                            random.of<std::string>({"0.5", "1", "2", "3"}), random.of<std::string>({"0", "0.5", "1"}));
    return files;
}

/// Some durations and numbers of clauses under a name. The chance is a copy, so that cases stay what they were without.
std::string with_constants(std::string_view text, Random chance) {
    std::string result, constants;
    const auto is_of_literal = [](char byte) {
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte == '.';
    };
    std::size_t at = 0;
    while (at < text.size()) {
        result += text[at++];
        static constexpr std::array<std::string_view, 10> before{" over ",  "within ", " past ",  " back ",  " after ",
                                                                 " every ", " most ",  " least ", " below ", " at "};
        const bool follows =
            std::any_of(before.begin(), before.end(), [&](std::string_view word) { return result.ends_with(word); });
        if (!follows || at == text.size() || text[at] < '0' || text[at] > '9' || !chance.chance(20)) continue;
        const std::size_t begin = at;
        while (at < text.size() && is_of_literal(text[at])) ++at;
        const std::string name = fmt::format("named_{}", begin);
        constants += fmt::format("let {} = {}\n", name, text.substr(begin, at - begin));
        result += name;
    }
    return result + constants;
}

/// What is about days needs stories of some days, what is about weeks of some weeks.
runtime::Duration random_unit(Random& random, std::string_view subject) {
    using runtime::one_hour, runtime::one_minute;
    if (subject == "window: per week") return 12 * one_hour;
    for (const char* of_days : {"window: per day", "calendar", "people", "usual", "policy: expires"})
        if (subject.starts_with(of_days)) return random.of<runtime::Duration>({one_hour, 2 * one_hour, 6 * one_hour});
    return random.of<runtime::Duration>({one_minute, 10 * one_minute, one_hour, one_hour, 6 * one_hour});
}

} // namespace

RandomPolicies random_policies(Random& random, const std::string& subject) {
    std::vector<std::string> subjects{subject};
    for (int count = 0; count < 2; ++count) subjects.push_back(random.of(all_clauses()));
    Chooser chooser(random, subjects);
    const runtime::Duration unit = random_unit(random, subject);
    // An ordinary Saturday, the eves of changes of the clock in New York and Berlin, the end of a year.
    const auto start =
        random.of<runtime::Time>({1'740'787'200, 1'741'392'000, 1'743'206'400, 1'761'350'400, 1'767'139'200}) *
        runtime::one_second;
    Generator generator{random, chooser, unit, start};
    generator.write();
    return {with_constants(generator.text, random), subjects, unit, start, files_for(random, start)};
}

} // namespace watchword::oracle
