// Snippets of the language as programs, and expressions over one record as values.
#pragma once

#include "dsl/compiler.hpp"
#include "runtime/hit.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/roster.hpp"
#include "tests/standard_compiler.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

namespace watchword {

inline std::optional<runtime::Program> try_compile(std::string text, std::string& problems) {
    dsl::Sources sources;
    const std::uint32_t root = sources.add("snippet.watch", std::move(text));
    dsl::CompilerOptions options = standard_compiler();
    options.read = [](std::string_view name, std::string_view) -> std::optional<std::string> {
        if (name == "rights.csv") return "role,system\nclerk,ledger\nclerk,mail\nadmin,vault\n";
        if (name == "baseline.csv") return "group,date,mean,stddev,n\nR&D,2025-01-01,10,2,30\n";
        return std::nullopt;
    };
    dsl::Diagnostics diagnostics;
    std::optional<runtime::Program> program = dsl::compile(sources, {&root, 1}, options, diagnostics);
    for (const dsl::Diagnostic& diagnostic : diagnostics.all()) problems += diagnostic.message + "\n";
    return program;
}

/// The program of a snippet that must compile and verify.
inline runtime::Program compile_snippet(std::string text) {
    std::string problems;
    std::optional<runtime::Program> program = try_compile(std::move(text), problems);
    INFO(problems);
    REQUIRE(program.has_value());
    REQUIRE(runtime::verify(*program) == "");
    return std::move(*program);
}

/// A roster and a record with a field of every kind; `r` and its like take what an expression is worth.
inline std::string expression_module(const std::string& attribute, const std::string& expression) {
    return R"(
module snippet zone "Europe/Berlin"
subject employee {
  r_bool bool? r_int int? r_real real? r_text text? r_size size? r_duration duration? r_time time? r_host host?
  group text = "R&D" privileged bool = false boss person? level int?
}
list approved = ["YubiKey", "Stick"]
list networks = ["10.0.0.0/8", "192.168.1.7"]
table rights from "rights.csv" { role text, system text }
let limit = 5
let big = 100MB * 2
define heavy(n size, factor int) = n > big * factor
define same(a text, b text) = lower(a) == lower(b)
calendar work { days mon..fri hours 08:00..18:00 }
event sample.record {
  user person, other person?, path text, note text?, host host, mail email, ip ip, from ip?, n int, m int?, x real,
  bytes size, took duration, at_time time, day time_of_day, removable bool, outcome enum(success, denied),
  tags list<text>, ports list<int>, more list<text>?
} updates employee { )" +
           attribute + ": " + expression + R"( }
)";
}

class Evaluation {
public:
    Evaluation(const std::string& attribute, const std::string& expression)
        : program_(compile_snippet(expression_module(attribute, expression))), roster_(program_),
          interpreter_(program_, &roster_) {
        roster_.require();
        const std::vector<std::string> accounts{"jd@corp.example"};
        roster_.enter({"U1", accounts, {}});
        roster_.enter({"u2", {}, {}});
    }

    std::string result() {
        const runtime::EventSchema& schema = program_.events.at(*program_.find_event("sample.record"));
        std::vector<runtime::Value> slots(schema.slots);
        for (const runtime::Field& field : schema.fields)
            if (field.slot != runtime::no_slot) slots[static_cast<std::size_t>(field.slot)] = value(field.name);
        runtime::Frame frame;
        frame.fields = slots.data();
        frame.subject = roster_.resolve("u1");
        frame.attributes = roster_.attributes(frame.subject);
        frame.time = *runtime::parse_time("2025-03-04T17:30:00Z", "");
        frame.stated = frame.time;
        frame.id = "e1";
        frame.type = schema.name;
        const runtime::RosterUpdate& update = schema.updates.at(0);
        return runtime::show_value(interpreter_.run(update.code, frame),
                                   program_.employee.attributes[update.attribute].type, program_, roster_);
    }
    const runtime::Program& program() const { return program_; }

private:
    runtime::Value value(std::string_view field) {
        using runtime::Value;
        const auto text = [](std::string_view written) { return Value::of(written); };
        if (field == "user") return Value::of(static_cast<std::int64_t>(roster_.resolve("jd@corp.example")));
        if (field == "other") return Value::of(static_cast<std::int64_t>(roster_.resolve("u2")));
        if (field == "path") return text("C:\\Users\\Ärger\\Plan.ZIP");
        if (field == "host") return text("pc7");
        if (field == "mail") return text("jd@corp.example");
        if (field == "ip") return text(ip_);
        if (field == "n") return Value::of(7);
        if (field == "x") return Value::of(2.5);
        if (field == "bytes") return Value::of(std::int64_t{150'000'000});
        if (field == "took") return Value::of(90 * runtime::one_second);
        if (field == "at_time") return Value::of(*runtime::parse_time("2025-03-04T12:00:00Z", ""));
        if (field == "day") return Value::of(8 * runtime::one_hour);
        if (field == "removable") return Value::of(true);
        if (field == "outcome") return Value::of(1);
        if (field == "tags") return Value::of_list(tags_, 2);
        if (field == "ports") return Value::of_list(ports_, 3);
        return Value::absent(); // note, from, m, more
    }

    runtime::Program program_;
    runtime::Roster roster_;
    runtime::Interpreter interpreter_;
    std::string ip_ = *runtime::parse_ip("10.1.2.3");
    runtime::Value tags_[2] = {runtime::Value::of(std::string_view{"Secret"}),
                               runtime::Value::of(std::string_view{"plan"})};
    runtime::Value ports_[3] = {runtime::Value::of(22), runtime::Value::of(80), runtime::Value::of(443)};
};

} // namespace watchword
