// Package tui is the desk's router: a stack of screens, the size of the terminal,
// the help, the status line and the key line. It knows no noun of the business.
//
// # One frame for every screen
//
// A title line (where am I, is it saved), the body, a status line that is a rule
// while there is nothing to say, and a key line. A frame has exactly the lines of
// the terminal and no line is wider than it, whatever a screen draws.
//
// # Keys
//
// Keys are data: a screen gives Bindings, and key line and help are made of them. A
// key that cannot do its work says why, and so does one that means nothing. While
// a text field has the keys only bindings marked for it are looked at.
//
// # Leaving
//
// Nothing is lost by leaving: a screen that is taken off the stack, and every screen
// at the end, may first save; the program ends when no screen is busy.
//
// An end from outside, a signal or a terminal that is gone, is no other: Run has the
// screens save, and waits for them as long as Options.Grace says.
package tui
