// Package licensed reads the standard's own text, as users load what they have a
// licence for, and finds where it and our own words say the same.
//
// A text is JSON or CSV by requirement id, and comes from outside: bounded, cleaned of
// what acts instead of being read, and kept beside our words alone, never in them.
package licensed
