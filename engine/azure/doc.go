// Package azure will collect from subscriptions of Azure, read only, as
// engine.Collector asks. The room stands so that the ladder holds it to engine;
// nothing is in it yet.
package azure
