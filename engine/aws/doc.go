// Package aws will collect from accounts of Amazon Web Services, read only, as
// engine.Collector asks. The room stands so that the ladder holds it to engine;
// nothing is in it yet.
package aws
