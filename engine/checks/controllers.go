package checks

import "tickmark/engine"

// Check controllers-listen-locally.
//
// Judges controller manager and scheduler. Passes where --bind-address is of the
// machine itself alone. Fails where it is another address or left out, which means
// every address: their metrics and state are then within reach of the network. Before
// version 1.22 of the controller manager and 1.23 of the scheduler both also answer on a
// port without TLS, on every address unless --address is of the machine or --port is 0.
func controllersListenLocally() check {
	return check{
		id: "controllers-listen-locally", version: 2, needs: componentKinds(), looks: serverOnly(), eval: func(v *engine.View) []engine.Detail {
			return perComponent(v, judgeListening, controllerManager, scheduler)
		},
	}
}

func judgeListening(k component) finding {
	bind, port := k.flag("bind-address", "0.0.0.0"), k.flag("secure-port", "")
	if f, unclear := firstUnclear(bind, port); unclear {
		return f
	}
	local := bind.passes("It is reached from its own machine alone: %s", bind)
	switch {
	case port.set && port.value == "0":
		local = port.passes("It listens nowhere: %s", port)
	case !loopback(bind.value):
		return bind.fails("It is within reach of the network: %s", bind)
	}
	return judgePlainPort(k, local)
}

// judgePlainPort returns the finding local, unless a program that is reached locally by TLS
// also answers without it.
func judgePlainPort(k component, local finding) finding {
	byDefault, without := "10252", 22
	if k.program == scheduler {
		byDefault, without = "10251", 23
	}
	if k.version.atLeast(1, without) {
		return local
	}
	plain, address, file := k.flag("port", byDefault), k.flag("address", "0.0.0.0"), k.flag("config", "")
	if f, unclear := firstUnclear(plain, address, file); unclear {
		return f
	}
	switch {
	case k.program == scheduler && file.value != "":
		return file.unknown("The file of %s decides where it answers without TLS, and it was not seen", file)
	case plain.value == "0" || loopback(address.value):
		return local
	case !k.version.known():
		return plain.unknown("Whether it also answers without TLS, on every address, hangs on the version, which is not known: %s", k.flag("port", ""))
	}
	return plain.fails("It is within reach of the network without TLS: %s", plain)
}

// Check controllers-have-own-accounts.
//
// Judges the controller manager. Passes where --use-service-account-credentials is
// true, so that each controller has an account with its own rights. Fails where it
// is false or left out: all then act with the rights of all.
func controllersHaveOwnAccounts() check {
	return managerCheck("controllers-have-own-accounts", func(k component) finding {
		own := k.flag("use-service-account-credentials", "false")
		on := own.on()
		if f, unclear := firstUnclear(own); unclear {
			return f
		}
		if on {
			return own.passes("Each controller has an account with its own rights: %s", own)
		}
		return own.fails("All controllers act with the rights of all: %s", own)
	})
}

// Check pods-know-cluster-authority.
//
// Judges the controller manager. Passes where --root-ca-file names the authority
// that pods are given to check the API server by, fails where it does not.
func podsKnowClusterAuthority() check {
	return managerCheck("pods-know-cluster-authority", func(k component) finding {
		root := k.flag("root-ca-file", "")
		if f, unclear := firstUnclear(root); unclear {
			return f
		}
		if root.value == "" {
			return root.fails("Pods are not given what they need to check the API server by: %s", root)
		}
		return root.passes("Pods are given what they need to check the API server by: %s", root)
	})
}

func managerCheck(id string, judge func(component) finding) check {
	return check{id: id, version: 1, needs: componentKinds(), looks: serverOnly(), eval: func(v *engine.View) []engine.Detail {
		return perComponent(v, judge, controllerManager)
	}}
}
