#include "tests/oracle/case_generator.hpp"

#include "tests/oracle/chooser.hpp"
#include "tests/oracle/clauses.hpp"
#include "tests/oracle/story_generator.hpp"

namespace watchword::oracle {

RandomCase random_case(std::uint64_t seed, int tries) {
    const std::string& subject = all_clauses()[seed % all_clauses().size()];
    Random random(seed);
    for (;; --tries) {
        RandomCase made;
        made.policies = random_policies(random, subject);
        made.story = random_story(random, made.policies);
        if (tries <= 1 || decides(subject, made.policies, made.story)) return made;
    }
}

} // namespace watchword::oracle
