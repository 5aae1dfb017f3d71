package checks

import (
	"slices"
	"strconv"

	"tickmark/engine"
)

// Check api-server-admission.
//
// Judges which admission plugins are switched. Fails where AlwaysAdmit is on, which
// is for tests and checks nothing, and where PodSecurity,
// ServiceAccount or NamespaceLifecycle are off: by --disable-admission-plugins, or
// by --admission-control, which lists all that is on. Passes where they are left as
// they are: on. PodSecurity is there from version 1.23 on; before it, and where the
// version is not known, its absence is not judged.
func apiServerAdmission() check {
	return apiServerCheck("api-server-admission", judgeAdmission)
}

func judgeAdmission(k component) finding {
	enabled, on := k.list("enable-admission-plugins")
	disabled, off := k.list("disable-admission-plugins")
	all, legacy := k.list("admission-control")
	if f, unclear := firstUnclear(on, off, legacy); unclear {
		return f
	}
	for _, s := range []struct {
		plugins []string
		setting
	}{{enabled, on}, {all, legacy}} {
		if slices.Contains(s.plugins, "AlwaysAdmit") {
			return s.fails("AlwaysAdmit is on, which is for tests and checks nothing: %s", s.setting)
		}
	}
	wanted := []string{"NamespaceLifecycle", "ServiceAccount"}
	if k.version.atLeast(1, 23) {
		wanted = append(wanted, "PodSecurity")
	}
	for _, plugin := range wanted {
		switch {
		case slices.Contains(disabled, plugin):
			return off.fails("%s is switched off: %s", plugin, off)
		case legacy.set && !slices.Contains(all, plugin):
			return legacy.fails("%s is not among all that is on: %s", plugin, legacy)
		}
	}
	if !on.set {
		return off.passes("No plugin that guards the cluster is switched off: %s, %s", on, off)
	}
	return on.passes("No plugin that guards the cluster is switched off: %s, %s", on, off)
}

// Check control-plane-without-profiling.
//
// Judges API server, controller manager and scheduler. Passes where --profiling is
// false, fails where it is true or left out, which means true: the inner state of a
// running program is then served to whoever may ask for it. Unknown for a scheduler
// with --config, whose file decides it.
func controlPlaneWithoutProfiling() check {
	return check{
		id: "control-plane-without-profiling", version: 1, needs: componentKinds(), looks: serverOnly(), eval: func(v *engine.View) []engine.Detail {
			return perComponent(v, judgeProfiling, apiServer, controllerManager, scheduler)
		},
	}
}

func judgeProfiling(k component) finding {
	profiling, file := k.flag("profiling", "true"), k.flag("config", "")
	on := profiling.on()
	if f, unclear := firstUnclear(profiling, file); unclear {
		return f
	}
	switch {
	case k.program == scheduler && file.value != "":
		return file.unknown("The file of %s decides whether profiles are served, and it was not seen", file)
	case on:
		return profiling.fails("Profiles of the running %s are served: %s", k.program, profiling)
	}
	return profiling.passes("No profiles of %s are served: %s", k.program, profiling)
}

// plainNumber reads a number that a flag gives.
func (s *setting) plainNumber() int {
	n, err := strconv.Atoi(s.value)
	if err != nil && s.given.doubt == "" {
		s.given.doubt = "its value is no number"
	}
	return n
}
