//go:build race

package vault

// raced is whether the race detector watches, under which SQLite runs some thirty times
// slower.
const raced = true
