#include "desk/time_forms.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <string>

using watchword::desk::ClockForms;
using watchword::desk::TimeForm;
using watchword::desk::TimeForms;

namespace {

TimeForm form_of(std::initializer_list<const char*> values) {
    TimeForms forms;
    for (const char* const value : values) forms.learn(value);
    return forms.best();
}

std::string clock_of(std::initializer_list<const char*> values) {
    ClockForms forms;
    for (const char* const value : values) forms.learn(value);
    return std::string(forms.best());
}

} // namespace

TEST_CASE("the form that fits all values is found") {
    CHECK(form_of({"3/14/2025 9:05:00 PM"}).format == "%m/%d/%Y %I:%M:%S %p");
    CHECK(form_of({"14/3/2025, 09:05"}).format == "%d/%m/%Y, %H:%M");
    CHECK(form_of({"04.03.2025", "31.12.2025"}).format == "%d.%m.%Y");
    CHECK(form_of({"04-Mar-25 10:00:00"}).format == "%d-%b-%y %H:%M:%S");
    CHECK(form_of({"10/Oct/2000:13:55:36 -0700"}).format == "%d/%b/%Y:%H:%M:%S %z");
    CHECK(form_of({"Tue Mar  4 10:00:00 2025"}).format == "%a %b %e %H:%M:%S %Y");
    CHECK(form_of({"20250304"}).format == "%Y%m%d");
    CHECK(form_of({"3/14/2025", "soon"}).format.empty());
    CHECK(form_of({}).format.empty());
    CHECK(form_of({"3/14/2025"}).has_clock == false);
    CHECK(form_of({"3/14/2025 9:05"}).has_clock);
}

TEST_CASE("where day and month could be either, the order of records tells, else month first") {
    const TimeForm open = form_of({"03/04/2025", "04/04/2025"});
    CHECK(open.format == "%m/%d/%Y");
    CHECK(open.exchanged == "%d/%m/%Y");
    CHECK_FALSE(open.told_by_order);
    // 1 to 4 May; read the other way it goes to and fro
    const TimeForm told = form_of({"01/05/2025 10:00", "02/05/2025 10:00", "12/05/2025 10:00", "01/06/2025 10:00"});
    CHECK(told.format == "%d/%m/%Y %H:%M");
    CHECK(told.exchanged == "%m/%d/%Y %H:%M");
    CHECK(told.told_by_order);
    CHECK(form_of({"03/14/2025"}).exchanged.empty());
}

TEST_CASE("times of day") {
    CHECK(clock_of({"9:05:00", "18:00:00"}) == "%H:%M:%S");
    CHECK(clock_of({"09:05"}) == "%H:%M");
    CHECK(clock_of({"9:05 AM", "9:05 PM"}) == "%I:%M %p");
    CHECK(clock_of({"9:05", "later"}).empty());
}
