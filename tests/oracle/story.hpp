// A test case's input in plain terms: who there is and what happened, with every value by name. Made by the generator,
// read by the oracle and by the feeder of the engine; knows neither of them.
#pragma once

#include "runtime/type.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace watchword::oracle {

/// For sums and products that must not overflow.
__extension__ using Wide = __int128;

/// A value of the language. Which member counts follows from its static type: `real`, `text` (textual kinds; of a
/// person the employee id; of an ip its 16 bytes), `items` (lists), else `integer`.
struct Datum {
    bool present = false;
    std::int64_t integer = 0;
    double real = 0;
    std::string text;
    std::vector<Datum> items;
    bool fractional = false; ///< the mean or deviation of sizes or durations: `real` counts

    static Datum of(std::int64_t value) { return {true, value, 0, {}, {}}; }
    static Datum of(double value) { return {true, 0, value, {}, {}}; }
    static Datum of(std::string value) { return {true, 0, 0, std::move(value), {}}; }
    static Datum fraction(double value) { return {true, 0, value, {}, {}, true}; }
    /// Of a number, whatever it is held as.
    double as_real(bool is_real) const { return is_real || fractional ? real : static_cast<double>(integer); }
    static Datum truth(bool value) { return of(std::int64_t{value}); }
    bool is_true() const { return present && integer != 0; }
    friend bool operator==(const Datum&, const Datum&) = default;
};

/// Field or attribute name → value; what is not there is absent.
using Fields = std::map<std::string, Datum>;

struct Record {
    std::string type;
    runtime::Time time = 0;
    runtime::Time stated = 0;
    std::string id;
    std::string account; ///< of the subject, as the record writes it; empty: nobody
    Fields fields;       ///< persons as account names, hosts in any case
};

struct Employee {
    std::string id;
    std::vector<std::string> accounts;
    Fields attributes;
};

struct Story {
    bool has_roster = false;
    std::vector<Employee> employees;
    std::vector<Record> records; ///< in input order, times never falling
    runtime::Time until = 0;     ///< time is advanced to here at the end; 0: it is not
};

} // namespace watchword::oracle
