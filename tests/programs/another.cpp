// A library that is preloaded and defines no malloc, to see that the programs' tests notice.
extern "C" int allot_test_another() { return 0; }
