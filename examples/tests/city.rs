//! The program as a user runs it.
use std::process::Command;
use sztc_proto::{
    Direction,
    charging::{CHARGING, dialect},
};

#[test]
fn the_books_of_the_city_balance() {
    let output = Command::new(env!("CARGO_BIN_EXE_city")).output().expect("it starts");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    let interfaces = sztc_proto::ENDPOINTS.len() + CHARGING.len();
    assert_eq!(interfaces, 52);
    let summary = printed.lines().last().expect("a summary");
    assert!(
        summary.starts_with(&format!("{interfaces} interfaces, {interfaces} answered, 0 failed;")),
        "{summary}"
    );
    for info in sztc_proto::ENDPOINTS {
        let shown = printed
            .lines()
            .filter(|line| line.starts_with(&info.code.to_string()) && line.contains(info.title))
            .count();
        assert!(shown >= usize::from(info.https) + usize::from(info.tcp), "{}", info.code);
    }
    of_charging(&printed);
    of_kt(&printed);
    of_the_stay(&printed);
    of_the_vendor(&printed);
}

/// Charging: each message of each number, by its name, in its direction, answered over https.
fn of_charging(printed: &str) {
    let charging: Vec<&str> = printed.lines().filter(|line| line.contains("piles")).collect();
    for info in CHARGING {
        for (name, direction) in info.interfaces {
            let arrow = if *direction == Direction::Up { "piles -> city" } else { "city -> piles" };
            let shows = |line: &&&str| {
                let words: Vec<&str> = line.split_whitespace().collect();
                words[0] == info.code.to_string()
                    && line.contains(arrow)
                    && words[4] == "https"
                    && words[6] == "answered"
                    && words[7] == dialect().write.interface(name)
            };
            assert!(charging.iter().any(|line| shows(&line)), "{} {name}", info.code);
        }
    }
    // The session: each step after the one before, three reports of how charging goes among them.
    let mut lines = charging.iter();
    for step in [
        "query_equip_auth",
        "query_start_charge",
        "notification_equip_charge_status",
        "notification_equip_charge_status",
        "notification_equip_charge_status",
        "query_stop_charge",
        "notification_charge_order_info",
        "check_charge_orders",
    ] {
        assert!(lines.any(|line| line.contains(step)), "{step}");
    }
    let pushes = charging.iter().filter(|line| line.contains("notification_stationstate")).count();
    assert_eq!(pushes, 3);
}

/// The messages below the heading that begins so: who to whom, over what, what became of it, name.
fn part<'a>(printed: &'a str, heading: &str) -> Vec<[&'a str; 4]> {
    let below = printed.lines().skip_while(|line| !line.starts_with(&format!("== {heading}"))).skip(1);
    let message = |line: &'a str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!((words[0], words[2]), ("-", "->"), "{line}");
        let arrow = line[5..].split("  ").next().expect("an arrow");
        [arrow, words[4], words[6], words[7]]
    };
    // The line of DB4403/T 313 beats meanwhile.
    let messages = below.take_while(|line| !line.is_empty()).filter(|line| line.starts_with("- "));
    messages.map(message).collect()
}

/// The summary of a protocol has to be what was printed: how many messages, and how many of them were answered.
fn summed(printed: &str, proto: &str, interfaces: (usize, usize), messages: &[[&str; 4]], story: &str) {
    let answered = messages.iter().filter(|message| message[2] == "answered").count();
    let (crossed, of, all) = (interfaces.0, interfaces.1, messages.len());
    let line = printed.lines().find(|line| line.starts_with(&format!("{proto}: "))).expect(proto);
    let begins = format!(
        "{proto}: {crossed} of {of} interfaces, {all} messages, {answered} answered, {} lost",
        all - answered
    );
    assert!(line.starts_with(&begins) && line.ends_with(story), "{line}\nis not\n{begins} .. {story}");
}

const UP: &str = "lot -> cloud";
const DOWN: &str = "cloud -> lot";

fn of_kt(printed: &str) {
    let expected = [
        // A bill is paid, and the car let out.
        [UP, "http", "answered", "PostCarInInfo"],
        [DOWN, "http", "answered", "GetParkingPaymentInfo"],
        [DOWN, "http", "answered", "PayParkingFee"],
        [UP, "http", "answered", "PostPayDetail"],
        // A debit is not answered, the driver pays and leaves, the debit is taken back.
        [UP, "http", "answered", "PostCarInInfo"],
        [UP, "http", "timeout", "PostCarOutInfo"],
        [UP, "http", "answered", "PostPayDetail"],
        [UP, "http", "answered", "PostCarCorrect"],
    ];
    let mut messages = part(printed, "a KT lot");
    assert_eq!(messages, expected);
    // The stay is in the same lot.
    messages.extend(part(printed, "a stay").into_iter().filter(|[arrow, ..]| [UP, DOWN].contains(arrow)));
    let story = "3 cars released, 1 debited, 1 reversed, 1 collected at the booth";
    summed(printed, "kt", (7, kt_proto::ENDPOINTS.len()), &messages, story);
}

fn of_the_stay(printed: &str) {
    let (told, asked) = ("star -> lot", "lot -> star");
    let messages = part(printed, "a stay");
    let expected = [
        [UP, "http", "answered", "PostCarInInfo"],
        // Two orders begin, one ends, and that the other ended is lost.
        [told, "http", "answered", "notification_parking_charge_result"],
        [told, "http", "answered", "notification_parking_charge_result"],
        [told, "http", "answered", "notification_parking_charge_result"],
        [told, "http", "timeout", "notification_parking_charge_result"],
        [DOWN, "http", "answered", "GetParkingPaymentInfo"],
        [asked, "http", "answered", "query_parking_charge_result"],
        [DOWN, "http", "answered", "ParkingFree"],
        [DOWN, "http", "answered", "GetParkingPaymentInfo"],
        [DOWN, "http", "answered", "PayParkingFee"],
        [UP, "http", "answered", "PostPayDetail"],
        [asked, "http", "answered", "query_parking_discount_result"],
        [asked, "http", "answered", "query_parking_discount_result"],
    ];
    assert_eq!(messages, expected);
    let messages: Vec<_> = messages.into_iter().filter(|[arrow, ..]| [told, asked].contains(arrow)).collect();
    // 85 minutes at 7 fen, split as 40 to 50.
    let story = "70 minutes charged in two orders of 90, discounts reported 2.64 + 3.31 = 5.95 yuan";
    summed(printed, "xingxing", (3, xingxing_park::ENDPOINTS.len()), &messages, story);
}

fn of_the_vendor(printed: &str) {
    let messages = part(printed, "a vendor");
    for (name, arrow, times) in [
        ("syncStubGroupInfo", "platform -> vendor", 2),
        ("syncStubInfo", "platform -> vendor", 3),
        ("chargeStart", "platform -> vendor", 1),
        ("chargeStop", "platform -> vendor", 1),
        ("orderCallback", "vendor -> platform", 3),
        ("checkChargeOrders", "platform -> vendor", 1),
        // Once while it charged and nothing was pushed, once for the order that is missing.
        ("getOrderInfo", "platform -> vendor", 2),
    ] {
        let found = messages.iter().filter(|message| **message == [arrow, "https", "answered", name]).count();
        assert_eq!(found, times, "{name}");
    }
    let place = |name| messages.iter().position(|message| message[3] == name).expect("it crossed");
    assert!(place("getOrderInfo") < place("orderCallback"));
    let story = "2 orders at the vendor, 1 on the platform, 1 found missing";
    summed(printed, "pile", (7, pile_proto::ENDPOINTS.len()), &messages, story);
}
