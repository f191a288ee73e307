"""The kinds of customers that the product comes with, and how each is treated."""

from collections.abc import Iterator
from dataclasses import dataclass

from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.field import Names
from guanxi.customers.rules.handling import YES, ContactPolicy

TREATMENT, ONLINE = "treatment", "online"
KIND_GROUPS = (
    (TREATMENT, "客户类型与接待", "Kind of customer and treatment"),
    (ONLINE, "网上购物特征", "Shopping online"),
)


@dataclass(frozen=True)
class Kind:
    """One choice of a field, and what is said about it; texts are Chinese, English."""

    key: str
    names: tuple[str, str]
    tip: tuple[str, str]
    description: tuple[str, str] = ("", "")
    statement: tuple[str, str] = ("", "")
    policy: ContactPolicy | None = None
    days: int | None = None
    channel: ContactChannel | None = None


@dataclass(frozen=True)
class KindField:
    """One field of kinds; without a name of its choices it says yes or no."""

    group: str
    key: str
    names: Names
    kinds: tuple[Kind, ...]
    form: str = ""

    @property
    def is_choice(self) -> bool:
        """Whether there is more to choose from than yes and no."""
        return self.kinds[0].key != YES


_RELATIONSHIPS = (
    Kind(
        "basic",
        ("基本型", "Basic"),
        ("售后不主动联系；客户找上门时照常热情接待。",
         "Do not make contact after the sale; serve well whoever comes back."),
        ("卖出产品后不再与客户接触。", "The product is sold, and no contact follows."),
        policy=ContactPolicy.NONE,
    ),
    Kind(
        "passive",
        ("被动型", "Reactive"),
        ("成交时告诉客户有问题怎么找到我们，此后来电必接、来信必回。",
         "Say at the sale how to reach us; then answer every call and every message."),
        ("鼓励客户有问题或意见时联系我们。",
         "Customers are invited to come to us with questions and opinions."),
        policy=ContactPolicy.ON_REQUEST,
    ),
    Kind(
        "responsible",
        ("负责型", "Accountable"),
        ("售后不久回访一次：产品合不合用？有什么建议和不满？记下来并回复。",
         "Call once soon after the sale: does it fit, what is missing? Note it and reply."),
        ("售后主动回访，了解产品是否符合预期。",
         "After the sale we ask whether the product meets expectations."),
        policy=ContactPolicy.FOLLOW_UP,
        days=7,
        channel=ContactChannel.PHONE,
    ),
    Kind(
        "active",
        ("能动型", "Proactive"),
        ("定期联系，每次带上一条有用的信息：改进的用法或新产品。",
         "Keep in touch, and bring something useful each time: a better use, a new product."),
        ("不断联系客户，提供改进用法的建议或新产品的消息。",
         "We contact the customer time and again with advice on use and news of products."),
        policy=ContactPolicy.REGULAR,
        days=30,
    ),
    Kind(
        "partner",
        ("伙伴型", "Partnership"),
        ("和客户一起定目标、一起看结果；每次见面前先备好双方的进展。",
         "Set goals and look at results together; have both sides' progress ready."),
        ("与客户持续合作，帮助客户取得更好的成绩。",
         "We work with the customer all the time, so that it does better."),
        policy=ContactPolicy.JOINT,
        days=14,
    ),
)  # fmt: skip
_MODES = (
    Kind(
        "custom",
        ("定制模式", "Customization"),
        ("把这位客户当作一个单独的市场：先问清需求，再给出专属方案，并记入定制方案。",
         "Treat this customer as a market of its own: ask, then keep a tailored solution."),
        ("在大规模生产的基础上，为每位客户提供量身定制的方案。",
         "On the ground of mass production each customer gets a solution made to measure."),
    ),
    Kind(
        "partner",
        ("合伙人模式", "Partner"),
        ("把客户当合伙人：共享资源、分工明确，重要决定事先通气。",
         "A partner: share resources, divide the work clearly, talk before decisions."),
    ),
    Kind(
        "guide",
        ("引导模式", "Guidance"),
        ("客户还说不清要什么：用样品、案例和试用带着他一步步看清。",
         "The customer cannot name the need yet: lead with samples, cases and trials."),
    ),
)  # fmt: skip
_PSYCHOLOGY = (
    Kind("pragmatic", ("实用主义心理", "Practical"),
         ("先讲用途、质量和耐用，用数据和保修说话，少谈外观和潮流。",
          "Speak of use, quality and wear, with figures and warranty; less of looks.")),
    Kind("brand", ("追求品牌的心理", "Brand-minded"),
         ("先报品牌和正品保证，推荐旗舰款和限量款，不必先谈折扣。",
          "Name the brand and its authenticity first; offer top models, not discounts.")),
    Kind("aesthetic", ("审美心理", "Aesthetic"),
         ("多给图片和搭配，讲设计、色彩和包装，价格放在后面。",
          "Show pictures and matches; speak of design, color, packing, of price last.")),
    Kind("novelty", ("猎奇心理", "Curious"),
         ("新品先告诉他，突出与众不同之处，请他试用和评价。",
          "Tell of new things first, stress what is different, ask to try and judge.")),
    Kind("conformity", ("从众心理", "Following others"),
         ("给他看销量、好评和同类客户的选择，推荐热销款。",
          "Show sales, good reviews and what others like him choose; offer best sellers.")),
)  # fmt: skip
_VISITORS = (
    Kind(
        "social", ("交际型", "Sociable"),
        ("陪他聊几句再谈商品，把他当朋友；聊熟了成交自然快。",
         "Chat a little before business, as with a friend; the sale then comes by itself."),
        ("喜欢聊天，聊得愉快就下单。", "Likes to talk, and buys where the talk is good."),
    ),
    Kind(
        "buying", ("购买型", "Just buying"),
        ("直接办妥，不多花精力寒暄；成交后别追着联系，那会被当成骚扰。",
         "Get it done without small talk; do not run after him, he takes it for harassment."),
        ("直接拍下付款，收货后很少再联系。", "Orders, pays, and is not heard of again."),
        policy=ContactPolicy.ON_REQUEST,
    ),
    Kind(
        "polite", ("礼貌型", "Polite"),
        ("尽可能热情，他客气一分，我们热情十分，顺便推荐搭配。",
         "Be as warm as you can be; suggest what goes well with the purchase."),
        ("本来只想买一件，遇到热情的接待会再看看别的。",
         "Came for one thing, and looks at more where the welcome is warm."),
    ),
    Kind(
        "haggling", ("讲价型", "Haggling"),
        ("价格守到底，始终同一个口径，全程保持微笑；可以送小礼物，不降价。",
         "Hold the price, say the same each time, keep smiling; a small gift, no discount."),
        ("一再讲价，得寸进尺。", "Bargains on and on."),
    ),
    Kind(
        "unpaid", ("拍下不买型", "Orders, never pays"),
        ("提醒一次付款；仍不付就按平台规则投诉或提醒，也可以当没发生，别生气。",
         "Remind once; then complain or warn by the rules of the shop, or let it pass."),
        ("拍下以后不付款。", "Places orders and does not pay."),
        policy=ContactPolicy.ON_REQUEST,
    ),
)  # fmt: skip
_SHOPPERS = (
    Kind("first", ("初次上网购物者", "First-time shopper"),
         ("流程要简单，一步一步带着下单，先从小件和便宜的商品开始。",
          "Keep it simple, lead through the order step by step, begin with small things.")),
    Kind("bargain", ("便宜货购物者", "Bargain hunter"),
         ("上网就是为了找低价：直接给优惠、比价结果和包邮条件。",
          "Is here for low prices: come straight to offers, comparisons, free delivery.")),
    Kind(
        "reluctant", ("勉强购物者", "Reluctant shopper"),
        ("先讲清安全和隐私保护，消除疑虑后再谈商品；支付时全程陪同。",
         "First make security and privacy clear, then speak of goods; stay while he pays."),
        ("对网上购物的安全和隐私有顾虑。", "Worries about security and privacy online."),
        statement=(
            "您的付款由持牌支付机构处理，我们看不到也不保存您的卡号和密码。您的个人信息仅用于"
            "处理这笔订单和售后服务，加密保存，未经您同意不会提供给他人；您可以随时要求查看、"
            "更正或删除。",
            "Your payment is handled by a licensed payment institution; we neither see nor keep"
            " your card number and password. Your personal information serves this order and the"
            " service after it, is kept encrypted, and is given to nobody without your consent."
            " You may ask to see, correct or delete it at any time.",
        ),
    ),
    Kind("driven", ("动力购物者", "Purposeful shopper"),
         ("他清楚自己要什么：答得准、发得快，提供完整参数，别打断。",
          "Knows what he wants: answer exactly, ship fast, give all specifications.")),
)  # fmt: skip
_CHARACTERS = (
    Kind("friendly", ("友善型", "Friendly"),
         ("真诚相待，别因为他好说话就怠慢；问题照样优先处理。",
          "Be sincere; never neglect him because he is easy to deal with."),
         ("性格随和，对自己以外的人和事没有过高的要求。",
          "Easygoing, asks little of other people and things.")),
    Kind("assertive", ("独断型", "Assertive"),
         ("直奔主题，给两三个选项由他定；不争辩，少让他等。",
          "Come to the point, give two or three options to decide; no argument, no waiting."),
         ("异常自信，决断力强，感情强烈。", "Very self-assured, decided, of strong feelings.")),
    Kind("analytical", ("分析型", "Analytical"),
         ("讲道理、给依据，逐条答复；语气温和，避免刺激的话。",
          "Give reasons and proof, answer point by point, gently; avoid sharp words."),
         ("情感细腻，容易受伤害，逻辑思维能力强。",
          "Sensitive, easily hurt, of strong logic.")),
    Kind("self_centered", ("自我型", "Self-centered"),
         ("以礼相待，先认可再说明；守住规定，别被情绪带走。",
          "Stay courteous, acknowledge first, then explain; keep to the rules, calmly."),
         ("以自我为中心，缺乏同情心。", "Sees himself at the center, with little sympathy.")),
)  # fmt: skip


def _feature(key: str, names: Names, tip: tuple[str, str]) -> KindField:
    return KindField(ONLINE, key, names, (Kind(YES, ("是", "Yes"), tip),))


KIND_FIELDS = (
    KindField(TREATMENT, "relationship", Names("客户关系类型", "Relationship type"), _RELATIONSHIPS),
    KindField(TREATMENT, "mode", Names("合作模式", "Mode of cooperation"), _MODES),
    KindField(TREATMENT, "psychology", Names("消费心理", "Consumer psychology"), _PSYCHOLOGY),
    KindField(TREATMENT, "character", Names("性格类型", "Personality type"), _CHARACTERS),
    KindField(ONLINE, "shop_visitor", Names("网店客户类型", "Shop visitor type"), _VISITORS),
    KindField(ONLINE, "shopper", Names("网上购物者类型", "Online shopper type"), _SHOPPERS),
    _feature(
        "asks_actively",
        Names("需求积极主动", "Asks actively"),
        ("他会自己找信息、比商品：把资料备齐，问什么答什么，少推销。",
         "Looks and compares himself: have everything ready, answer, sell less."),
    ),
    _feature(
        "buys_rationally",
        Names("消费行为理性化", "Buys rationally"),
        ("给参数、价格构成和比较表，不用限时促销催单。",
         "Give specifications, how the price is made, comparisons; no countdowns."),
    ),
    _feature(
        "easy_and_fun",
        Names("既要方便又要乐趣", "Wants ease and pleasure"),
        ("下单要快、步骤要少，同时给他逛的乐趣：新品、活动、搭配。",
         "Ordering is quick, browsing is a pleasure: news, events, matches."),
    ),
    _feature(
        "individual",
        Names("重个性消费", "Values individuality"),
        ("推荐可定制、可选配的款式，问问他自己的想法。",
         "Offer what can be made or combined to taste, and ask for his own ideas."),
    ),
    _feature(
        "less_loyal",
        Names("忠诚度下降", "Less loyal"),
        ("他随时会换店：服务承诺要兑现，会员权益要讲清。",
         "May change shops any time: keep promises, make the benefits of staying clear."),
    ),
    _feature(
        "social_role",
        Names("社会客户（有影响力）", "Social customer (influences others)"),
        ("他既买也分享，身边人听他的：售后格外用心，征得同意后请他评价和转介绍。",
         "Buys and tells others: serve with care, ask for a review and for referrals."),
    ),
    KindField(
        TREATMENT,
        "cross_border",
        Names("B2B 跨境客户", "B2B cross-border"),
        (
            Kind(
                YES, ("是", "Yes"),
                ("按企业客户接待：备好企业介绍、产品资料和服务说明的外文版，先确认贸易条款和币种。",
                 "A company abroad: have company, product and service information at hand in its"
                 " language; settle terms of trade and currency first."),
                ("跨境电商平台上的企业或集团客户。", "A company or group buying across borders."),
            ),
        ),
        form="organization",
    ),
)  # fmt: skip


def shipped_kinds() -> Iterator[tuple[KindField, Kind]]:
    """Yield every kind with its field."""
    for field in KIND_FIELDS:
        for kind in field.kinds:
            yield field, kind
