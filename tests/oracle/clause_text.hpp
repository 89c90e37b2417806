// Policy text in which every clause is marked with its name and with what is left when it says nothing.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace watchword::oracle {

/// `text` as a clause of that name, `neutral` in its place when it is neutralised. Clauses nest.
std::string clause(std::string_view name, std::string_view text, std::string_view neutral = "");
/// The policies as a file has them, with all clauses of one name neutralised; none if the name is empty.
std::string plain_text(std::string_view marked, std::string_view neutralised = "");
std::set<std::string> clause_names(std::string_view marked);

} // namespace watchword::oracle
