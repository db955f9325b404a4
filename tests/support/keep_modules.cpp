// Libraries that a program has opened by itself, as Open MPI does with its plugins, stay where they are: what they have
// leaked is then known by their names, and can be suppressed (lsan.supp). For the address sanitizer only.
#if defined(__SANITIZE_ADDRESS__)
extern "C" int dlclose(void*) { return 0; }
#endif
