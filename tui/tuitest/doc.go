// Package tuitest drives a model of the desk as a person would, and as a function:
// a key goes in, every command it gives is run to its end, and the frame comes out
// without escapes. What is to come later, a message with a method Later, comes when
// the story says so. There is no goroutine, no clock and no sleep, so that a story
// reads the same on every machine.
package tuitest
