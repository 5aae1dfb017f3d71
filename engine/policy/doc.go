// Package policy judges by checks of an organisation's own, written in CEL.
//
// A policy is a sheet: words, which objects it judges, an expression that must hold
// for each of them, and examples that show what it says. ValidatingAdmissionPolicies
// are read as well, each validation a check over the objects that are there. Both
// become an engine.Check that keeps the text it was made from.
//
// # What a verdict means
//
// True passes and false fails. Whatever keeps an expression from saying either leaves
// the object Unknown, with the cause: a field that is not there, a type that does not
// fit, a value that was redacted, a fact that was not seen, a cost that is too high.
// A policy that cannot be compiled is refused with file and line, and nothing of its
// run takes place.
//
// # Facts
//
// Expressions may ask the analyses: network.canReach, rbac.can, scope.inZone and
// others. What an analysis cannot tell for certain is an error, so that the verdict is
// Unknown. A policy that asks for a fact needs the kinds that the fact rests on.
//
// # What it may cost
//
// CEL has no recursion and charges for each step. Here a call is refused before it is
// made if it would go through or make too much, since CEL charges afterwards. Every
// expression has a limit for one object, every policy for one target, and all of them
// together.
package policy
