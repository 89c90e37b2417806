// Writes clauses by type; a clause that the checker would refuse is not written.
#include "tests/oracle/policy_generator.hpp"

#include "tests/oracle/expression_generator.hpp"
#include "tests/oracle/vocabulary.hpp"

#include <fmt/format.h>

namespace watchword::oracle {
namespace {

struct Generator {
    Random& random;
    runtime::Duration unit;
    ExpressionGenerator expressions{random, unit};
    std::vector<std::string> signals{}; ///< uses: `S1`, `S2(limit: 3)`
    std::string text{};

    template <class... Arguments>
    void line(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
        text += fmt::format(form, std::forward<Arguments>(arguments)...) + "\n";
    }
    std::string span(int low, int high) { return expressions.duration(random.between(low, high)); }

    void plain_signal(int number) {
        const bool two = random.chance(15), parameter = random.chance(25);
        const EventRow& event = event_row(random.of(activity));
        const bool family = random.chance(10);
        line("signal S{}{}", number, parameter ? " (limit int = 2)" : "");
        if (family)
            line("  on act.*");
        else
            line("  on {}{}", event.name, two ? ", " + random.of(activity) : "");
        const std::vector<FieldRow> fields = family || two ? std::vector<FieldRow>{} : event.fields;
        if (random.chance(60)) line("  where {}", expressions.condition(fields, 2));
        if (!fields.empty() && random.chance(30)) line("  by {}", expressions.key(fields));
        if (random.chance(75)) line("  when {}", expressions.windowed(fields, parameter));
        if (random.chance(8))
            line("  except \"known\" owner \"o\" until 2025-03-03 on {} {{ {} }}", event.name,
                 expressions.condition(event.fields, 1));
        signals.push_back(parameter && random.chance(60) ? fmt::format("S{}(limit: {})", number, random.below(4))
                                                         : fmt::format("S{}", number));
    }

    void sequence_signal(int number) {
        line("signal S{}", number);
        const std::vector<FieldRow> host{{"host", FieldKind::host, false}};
        const bool by = random.chance(25);
        line("  sequence within {}{} {{", span(1, 8), by ? " by color" : "");
        const int steps = random.between(2, 4);
        if (!by && random.chance(10)) step("no ", "", "");
        for (int index = 0; index < steps; ++index) {
            const std::string type = by ? random.of<std::string>({"act.copy", "act.logon"}) : random.of(activity);
            std::string where = random.chance(60) ? expressions.condition(event_row(type).fields, 1) : "";
            if (index != 0 && random.chance(30) && type != "act.send" && first_ != "act.send") {
                if (!where.empty()) where = "(" + where + ") and ";
                where += "color == a.color";
            }
            const bool times = index != 0 && random.chance(15);
            if (index == 0) first_ = type;
            line("    {}{}{}{}", type, index == 0 ? " as a" : "", where.empty() ? "" : " where " + where,
                 times ? " times 2" : "");
            if (index + 1 < steps && !by && random.chance(20)) step("no ", "", "");
        }
        if (!by && random.chance(20)) step("no ", "", "");
        line("  }}");
        if (random.chance(20)) {
            const std::string type = random.of<std::string>({"act.send", "act.logon", "act.copy"});
            line("  until {}{}", type,
                 random.chance(60) ? " where " + expressions.condition(event_row(type).fields, 1) : "");
        }
        signals.push_back(fmt::format("S{}", number));
    }

    std::string first_{};

    void step(const std::string& before, const std::string& alias, const std::string& after) {
        const std::string type = random.of(activity);
        line("    {}{}{} where {}{}", before, type, alias, expressions.condition(event_row(type).fields, 1), after);
    }

    void opens(bool also_alert) {
        if (also_alert) {
            line("  opens on alert P0{}", random.chance(50) ? " at medium" : "");
            return;
        }
        const int kind = random.below(10);
        if (kind == 0) {
            line("  opens on hr.cut as n{} for employee.group == n.group", random.chance(40) ? " at n.effective" : "");
            return;
        }
        if (kind < 3)
            line("  opens on hr.warning as n{}{}", random.chance(60) ? " at n.effective" : "",
                 random.chance(50) ? " where n.items > 1" : "");
        else
            line("  opens on hr.notice as n{}{}", random.chance(35) ? " at n.effective" : "",
                 random.chance(50) ? " where n.serious" : "");
        if (random.chance(15)) line("  opens on hr.warning as w");
        notice_ = kind >= 3;
    }

    bool notice_ = false;

    void closes() {
        std::string closes = fmt::format("after {}", span(4, 24));
        if (notice_ && random.chance(40)) closes = fmt::format("{} after n.last_day, ", span(1, 6)) + closes;
        if (random.chance(40))
            closes += fmt::format(", on hr.stop{}", random.chance(50) ? " as c where c.serious" : "");
        line("  closes {}", closes);
    }

    void policy(int number) {
        line("policy P{} \"Policy {}\" {{", number, number);
        line("  purpose \"p\"\n  basis \"b\"\n  owner \"o\"");
        if (random.chance(10)) line("  expires 2025-03-02");
        if (random.chance(35)) line("  covers {}", expressions.employee_condition());
        const bool always = random.chance(8);
        bool back = false;
        notice_ = false;
        if (always) {
            line("  opens always because \"r\"");
        } else {
            // Alerts of timers and absences open watches too; the oracle does not follow those.
            const bool by_events =
                text.find(" at n.effective") == std::string::npos && text.find("sequence") == std::string::npos;
            opens(number == 1 && by_events && random.chance(40));
            if ((back = random.chance(60))) line("  looks back {}", span(2, 10));
            closes();
            if (random.chance(50))
                line("  retrigger {}",
                     random.of<std::string>({"extends", "restarts", "ignores", "extends, at most " + span(6, 30)}));
        }
        if (random.chance(10)) {
            const EventRow& event = event_row(random.of(activity));
            line("  except \"known\" owner \"o\" until 2025-03-04 on {} {{ {} }}", event.name,
                 expressions.condition(event.fields, 1));
        }
        score(always);
        alerts();
        line("}}\n");
    }

    void score(bool always) {
        line("  score {{");
        for (std::size_t index = 0; index < signals.size(); ++index) {
            if (index != 0 && random.chance(20)) continue;
            line("    +{} for {}{}{}", 5 * random.between(1, 10), signals[index],
                 random.chance(15) ? " when " + random.of<std::string>({"lookback", "not lookback",
                                                                        "employee.privileged", "employee.grade > 1"})
                                   : "",
                 random.chance(20)   ? ", once"
                 : random.chance(40) ? fmt::format(", at most {}", 10 * random.between(1, 8))
                                     : "");
        }
        if (always || random.chance(60)) line("    halves every {}", span(2, 12));
        if (random.chance(35))
            line("    times {} when {}", random.of<std::string>({"1.5", "2", "0.5"}), expressions.employee_condition());
        if (random.chance(60)) line("    at most {}", random.of<int>({50, 80, 100}));
        line("  }}");
    }

    void alerts() {
        if (random.chance(25)) line("  alert low on open");
        int at = 5 * random.between(1, 5);
        for (const char* level : {"low", "medium", "high"}) {
            if (random.chance(25)) continue;
            line("  alert {} at {}{}", level, at,
                 random.chance(25) ? fmt::format(" rearms below {}", random.between(1, at)) : "");
            at += 5 * random.between(1, 5);
        }
        if (random.chance(30)) line("  alert high on {}", random.of(signals));
        line("  alert critical at {}", at + 20);
    }
};

} // namespace

RandomPolicies random_policies(Random& random) {
    const runtime::Duration unit = random.of<runtime::Duration>(
        {runtime::one_minute, 10 * runtime::one_minute, runtime::one_hour, 6 * runtime::one_hour});
    Generator generator{random, unit};
    generator.text = "module random\n\n" + declarations() + "\n";
    const int count = random.between(1, 4);
    for (int number = 0; number < count; ++number) {
        if (random.chance(30))
            generator.sequence_signal(number);
        else
            generator.plain_signal(number);
        generator.line("");
    }
    const int policies = random.between(1, 2);
    for (int number = 0; number < policies; ++number) generator.policy(number);
    return {generator.text, unit};
}

} // namespace watchword::oracle
