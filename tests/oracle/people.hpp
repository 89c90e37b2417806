// Who is who at a position of a story: found anew each time by reading the story from its beginning.
#pragma once

#include "dsl/model.hpp"
#include "tests/oracle/evaluate.hpp"
#include "tests/oracle/story.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::oracle {

class People {
public:
    People(const dsl::Model& model, const Story& story) : model_(model), story_(story) {}

    /// The employee id of an account, the account itself if nobody has it.
    std::string resolve(std::string_view account) const;
    /// Of a record's subject.
    std::string subject(const Record& record) const { return resolve(record.account); }
    /// In the roster after the record at `position`; without a roster everybody is.
    bool known(const std::string& person, std::size_t position) const;
    /// In force after the record at `position`.
    Fields attributes(const std::string& person, std::size_t position) const;
    /// Everybody who is the subject of some record or stands in the roster, in the order of their ids.
    std::vector<std::string> everybody() const;
    PeopleView view(std::size_t position) const;

private:
    void apply(Fields& attributes, const Record& record, const std::string& person) const;

    const dsl::Model& model_;
    const Story& story_;
};

} // namespace watchword::oracle
