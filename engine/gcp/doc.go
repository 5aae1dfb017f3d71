// Package gcp will collect from projects of Google Cloud, read only, as
// engine.Collector asks. The room stands so that the ladder holds it to engine;
// nothing is in it yet.
package gcp
