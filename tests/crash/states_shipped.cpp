// What the program carries, under another name, so that a test can add to it.
#define embedded_migrations shipped_migrations
#define embedded_dictionaries shipped_dictionaries
#include "storage/embedded.cpp"
