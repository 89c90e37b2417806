// Which of the seeded faults is switched on: the number in WATCHWORD_FAULT, by the order of faults.txt; 0: none.
#include <cstdlib>

extern int seeded_fault;
int seeded_fault = [] {
    const char* number = std::getenv("WATCHWORD_FAULT");
    return number == nullptr ? 0 : std::atoi(number);
}();
